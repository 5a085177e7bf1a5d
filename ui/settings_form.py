"""Controls made from the metadata of a settings dataclass, one row for each field."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QDoubleSpinBox, QFormLayout, QLabel, QSpinBox, QWidget

from ui.flow_panel import ChoiceBox
from ui.number_row import Clipped, WholeBox, range_text

#: Names of choices that their value does not spell out.
_TEXTS = {"relu": "ReLU", "leaky": "Leaky ReLU", "own": "As chosen", "lenet5": "LeNet-5"}


class NumberBox(Clipped, QDoubleSpinBox):
    """A number over many powers of ten: its arrows change the leading digit, and no digit is shown for nothing."""

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "g", 6)

    def valueFromText(self, text: str) -> float:
        return self.locale().toDouble(text)[0]

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Take what it shows itself, "1e-05" too, and what may become such a number."""
        value, known = self.locale().toDouble(text)
        if known and self.minimum() <= value <= self.maximum():
            return QValidator.State.Acceptable, text, at
        partial = re.fullmatch(r"[0-9.,]*(e[-+]?[0-9]*)?", text, re.IGNORECASE)
        return (QValidator.State.Intermediate if partial else QValidator.State.Invalid), text, at


class SettingsForm(QWidget):
    """Renders a frozen dataclass of settings; emits a new one for every change."""

    changed = Signal(object)

    def __init__(self, settings: Any, without: Collection[str] = ()) -> None:
        super().__init__()
        self._settings = settings
        self.controls: dict[str, QWidget] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(3)
        for entry in fields(settings):
            if entry.name in without:
                continue
            control = self._control(entry)
            limits = entry.metadata
            control.setToolTip(f"{limits['help']}\n{range_text(limits)}" if "low" in limits else limits["help"])
            control.setAccessibleName(entry.metadata["label"])
            control.setFixedWidth(130)
            label = QLabel(entry.metadata["label"])
            label.setToolTip(entry.metadata["help"])
            label.setBuddy(control)
            form.addRow(label, control)
            self.controls[entry.name] = control
        self.render(settings)

    def render(self, settings: Any) -> None:  # type: ignore[override]
        """Show ``settings``; emits nothing, and leaves a box alone that says so already."""
        self._settings = settings
        for name, control in self.controls.items():
            value = getattr(settings, name)
            with QSignalBlocker(control):
                if isinstance(control, ChoiceBox):
                    control.setCurrentIndex(control.findData(value))
                elif isinstance(control, QCheckBox):
                    control.setChecked(value)
                elif isinstance(control, QSpinBox | QDoubleSpinBox) and control.value() != value:
                    control.setValue(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the panel the form scrolls in."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _control(self, entry: Any) -> QWidget:
        limits, name = entry.metadata, entry.name
        if "choices" in limits:
            box = ChoiceBox(limits["label"], limits["help"], self)
            for choice in limits["choices"]:
                box.addItem(_TEXTS.get(choice, choice.capitalize()), choice)
            box.currentIndexChanged.connect(lambda at: self._set(name, box.itemData(at)))
            return box
        if isinstance(entry.default, bool):
            check = QCheckBox(self)
            check.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            check.toggled.connect(lambda on: self._set(name, on))
            return check
        number: QSpinBox | NumberBox
        if isinstance(entry.default, int):
            number = WholeBox(self)
            number.setSingleStep(int(limits["step"]))
        else:
            number = NumberBox(self)
            number.setDecimals(6)
            number.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        number.setRange(limits["low"], limits["high"])
        number.setKeyboardTracking(False)
        number.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        number.installEventFilter(self)
        number.valueChanged.connect(lambda value: self._set(name, value))
        return number

    def _set(self, name: str, value: Any) -> None:
        self.changed.emit(replace(self._settings, **{name: value}))
