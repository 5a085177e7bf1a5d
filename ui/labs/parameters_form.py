"""The parameters of a lab as large, calm controls: a label, and below it a slider, a list or a switch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import Field, fields, replace
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from ui.flow_panel import ChoiceBox
from ui.number_row import NumberRow

#: Choices that are formulas, abbreviations or pictures that have a letter.
_AS_THEY_ARE = {"x²": "x²", "sin x": "sin x", "xor": "XOR", "first": "A", "second": "B"}

Control = ChoiceBox | QCheckBox | NumberRow


def choice_text(value: str) -> str:
    """Return a choice as people write it: words begin with a capital, formulas stay as they are."""
    if value in _AS_THEY_ARE:
        return _AS_THEY_ARE[value]
    return value[:1].upper() + value[1:]


class ParametersForm(QWidget):
    """Renders a frozen dataclass of parameters; emits a new one for every change."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._parameters: Any = None
        self.controls: dict[str, Control] = {}
        self._labels: dict[str, QLabel] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)

    def rebuild(self, parameters: Any, without: Collection[str] = ()) -> None:
        """Make the controls of another dataclass, but for the fields in ``without``."""
        for widget in (*self.controls.values(), *self._labels.values()):
            widget.hide()
            widget.deleteLater()
        self.controls, self._labels = {}, {}
        while self._layout.count():
            self._layout.takeAt(0)
        self._parameters = parameters
        for entry in fields(parameters):
            if entry.name not in without:
                self._add_row(entry)
        self._fit()
        self.render(parameters)

    def render(self, parameters: Any, hidden: Collection[str] = ()) -> None:  # type: ignore[override]
        """Show ``parameters``, and no rows for those ``hidden``; emits nothing."""
        self._parameters = parameters
        for name, control in self.controls.items():
            value = getattr(parameters, name)
            with QSignalBlocker(control):
                if isinstance(control, ChoiceBox):
                    control.setCurrentIndex(control.findData(value))
                elif isinstance(control, QCheckBox):
                    control.setChecked(value)
                else:
                    control.render_value(value)
            control.setVisible(name not in hidden)
            if name in self._labels:
                self._labels[name].setVisible(name not in hidden)

    def changeEvent(self, event: QEvent) -> None:
        """Give numbers the room that another size of type takes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _add_row(self, entry: Field[Any]) -> None:
        limits, name = entry.metadata, entry.name
        control: Control
        if "choices" in limits:
            control = ChoiceBox(limits["label"], limits["help"], self)
            for value in limits["choices"]:
                control.addItem(choice_text(value), value)
            control.currentIndexChanged.connect(lambda at, box=control: self._set(name, box.itemData(at)))
        elif isinstance(entry.default, bool):
            control = QCheckBox(limits["label"], self)
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            control.toggled.connect(lambda on: self._set(name, on))
        else:
            control = NumberRow(entry, self)
            control.changed.connect(lambda value: self._set(name, value))
        control.setToolTip(limits["help"])
        if not isinstance(control, QCheckBox):
            label = QLabel(limits["label"], self)
            label.setToolTip(limits["help"])
            label.setBuddy(control)
            self._labels[name] = label
            if self._layout.count():
                self._layout.addSpacing(4)
            self._layout.addWidget(label)
        self._layout.addWidget(control)
        self.controls[name] = control

    def _fit(self) -> None:
        width = self.fontMetrics().horizontalAdvance("−0000.00") + 30
        for control in self.controls.values():
            if isinstance(control, NumberRow):
                control.box.setFixedWidth(width)

    def _set(self, name: str, value: Any) -> None:
        self.changed.emit(replace(self._parameters, **{name: value}))
