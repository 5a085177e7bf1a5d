"""Controls as the rooms of analysis use them, each with a text and a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from ui.flow_panel import ChoiceBox


def push_button(text: str, tip: str, *, flat: bool = False) -> QPushButton:
    """Return a button that is pressed by Enter only while it has the focus."""
    button = QPushButton(text, autoDefault=False, flat=flat)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def tool_button(text: str, tip: str, *, checkable: bool = False, plain: bool = False) -> QToolButton:
    """Return a small button that never takes the focus; ``plain``: without a frame until the mouse is over it."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(text or tip)
    button.setCheckable(checkable)
    button.setAutoRaise(plain)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def cross(tip: str) -> QToolButton:
    """Return a small button that takes something away; its icon comes with the colours."""
    button = tool_button("", tip, plain=True)
    button.setIconSize(QSize(14, 14))
    return button


def check_box(text: str, tip: str) -> QCheckBox:
    """Return a box to tick."""
    box = QCheckBox(text)
    box.setToolTip(tip)
    return box


def whole_number(name: str, tip: str, most: int) -> QSpinBox:
    """Return a box for a number from 1 to ``most``."""
    box = QSpinBox()
    box.setRange(1, most)
    _finish(box, name, tip)
    return box


def number(
    name: str, tip: str, *, low: float, high: float, decimals: int, unit: str, special: str = ""
) -> QDoubleSpinBox:
    """Return a box for a number with a unit; its lowest value is called ``special`` if that is given."""
    box = QDoubleSpinBox()
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setSuffix(f" {unit}")
    box.setSpecialValueText(special)
    _finish(box, name, tip)
    return box


def choice(name: str, tip: str, texts: dict[str, str]) -> ChoiceBox:
    """Return a list to choose from, value → text, as wide as there is room."""
    box = ChoiceBox(name, tip)
    box.setMinimumContentsLength(12)
    box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value, text in texts.items():
        box.addItem(text, value)
    return box


def wrapped(text: str = "") -> QLabel:
    """Return a text that breaks where the line ends."""
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def row(*widgets: QWidget | None) -> QHBoxLayout:
    """Return widgets beside each other: buttons as small as they are, the others share the rest; None is space."""
    layout = QHBoxLayout()
    layout.setSpacing(8)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget, 0 if isinstance(widget, QPushButton) else 1)
    return layout


def _finish(box: QSpinBox | QDoubleSpinBox, name: str, tip: str) -> None:
    box.setKeyboardTracking(False)  # "15" must not run once with 1
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
