"""Presets and parameters of the flow; every control is made from the metadata in ``motionapp.settings``."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from motionapp.settings import PRESETS, FlowSettings, Settings
from ui.number_row import NumberRow
from ui.theme import theme, toggle_style

#: Names of the finest pyramid levels, in place of the numbers 0 … 3.
RESOLUTIONS = ("Full", "Half", "Quarter", "Eighth")

_PRESET_TIPS = {
    "live": "Fast enough for a camera: quarter resolution",
    "balanced": "Half resolution, more steps",
    "accurate": "Full resolution, for files",
}

_HOLD_TIP = (
    "Takes fewer iterations, then fewer warps, while frames take longer than the source leaves them.\n"
    "The status line says how many. Frames you step or seek to get all of them."
)


class ChoiceBox(QComboBox):
    """A combo box that leaves the wheel to the panel it scrolls in."""

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class FlowPanel(QWidget):
    """Renders :class:`FlowSettings`, and whether the frame rate is held; emits a new value for every change."""

    changed = Signal(object)
    hold_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowSettings()
        self.presets: dict[str, QToolButton] = {}
        self.controls: dict[str, NumberRow | ChoiceBox] = {}
        self.hold = QCheckBox("Hold the frame rate", self)
        self.hold.setToolTip(_HOLD_TIP)
        self.hold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hold.toggled.connect(self.hold_changed)
        self.reset = QPushButton("Reset", self)
        self.reset.setToolTip("Back to the preset Live, which a new window starts with")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.clicked.connect(lambda: self.changed.emit(Settings().flow))
        self._lay_out()
        self._colour()
        self.render(self._flow, Settings(flow=self._flow).preset)

    def render(self, flow: FlowSettings, preset: str, hold_rate: bool = False) -> None:  # type: ignore[override]
        """Show ``flow``, the name of the preset it equals ("custom" if none), and the box; emits nothing."""
        self._flow = flow
        with QSignalBlocker(self.hold):
            self.hold.setChecked(hold_rate)
        for name, button in self.presets.items():
            button.setChecked(name == preset)
        for name, control in self.controls.items():
            value = getattr(flow, name)
            if isinstance(control, NumberRow):
                control.render_value(value)
            else:
                with QSignalBlocker(control):
                    control.setCurrentIndex(control.findData(value))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(10, 2, 10, 4)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(4)
        for entry in fields(FlowSettings):
            control = self._control(entry)
            label = QLabel(entry.metadata["label"])
            label.setToolTip(entry.metadata["help"])
            label.setBuddy(control)
            form.addRow(label, control)
            self.controls[entry.name] = control
        last = QHBoxLayout()
        last.setSpacing(10)
        last.addWidget(self.hold)
        last.addWidget(self.reset, 1)
        form.addRow(last)
        inner = QWidget()
        inner.setLayout(form)
        scroll = QScrollArea(self)
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._preset_row())
        layout.addWidget(scroll, 1)

    def _preset_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(10, 8, 10, 6)
        row.setSpacing(4)
        group = QButtonGroup(self)
        group.setExclusive(False)  # the model says which one is on, if any
        for name in (*PRESETS, "custom"):
            button = QToolButton(self)
            button.setText(name.capitalize())
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setToolTip(_PRESET_TIPS.get(name, "Parameters of your own"))
            button.clicked.connect(lambda _checked=False, chosen=name: self._choose(chosen))
            group.addButton(button)
            row.addWidget(button, 1)
            self.presets[name] = button
        self.presets["custom"].setEnabled(False)
        return row

    def _colour(self) -> None:
        for button in self.presets.values():
            button.setStyleSheet(toggle_style(theme(self.palette())))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _control(self, entry: Any) -> NumberRow | ChoiceBox:
        limits = entry.metadata
        if entry.name == "finest":
            choices = tuple(enumerate(RESOLUTIONS))[limits["low"] : limits["high"] + 1]
        elif "choices" in limits:
            choices = tuple((choice, choice.replace("_", " ").capitalize()) for choice in limits["choices"])
        else:
            row = NumberRow(entry, self)
            row.changed.connect(lambda value, name=entry.name: self._set(name, value))
            return row
        box = ChoiceBox(limits["label"], limits["help"], self)
        for value, text in choices:
            box.addItem(text, value)
        box.currentIndexChanged.connect(lambda at, name=entry.name, box=box: self._set(name, box.itemData(at)))
        return box

    def _set(self, name: str, value: Any) -> None:
        self.changed.emit(replace(self._flow, **{name: value}))

    def _choose(self, preset: str) -> None:
        self.presets[preset].setChecked(PRESETS[preset] == self._flow)  # until the model says so
        self.changed.emit(PRESETS[preset])
