"""One number of the settings: a slider to play with and a box to be exact, made from a field's metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QSlider, QSpinBox, QWidget


class Clipped:
    """Makes a spin box take any number that is typed, and turn one beyond its range into the nearest that it has."""

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Let any number be typed; what Qt makes of it otherwise."""
        found: tuple[QValidator.State, str, int] = super().validate(text, at)  # type: ignore[misc]
        if found[0] == QValidator.State.Invalid and re.fullmatch(r"[-−]?\d*[.,]?\d*", text):
            return QValidator.State.Intermediate, text, at
        return found

    def fixup(self, text: str) -> str:
        """Return the nearest number there is."""
        assert isinstance(self, QSpinBox | QDoubleSpinBox)
        point = self.locale().decimalPoint()
        value, known = self.locale().toDouble(text.replace("−", "-").replace(",", point).replace(".", point))
        if not known:
            return text
        nearest = min(max(value, self.minimum()), self.maximum())
        return self.textFromValue(round(nearest)) if isinstance(self, QSpinBox) else self.textFromValue(nearest)


class WholeBox(Clipped, QSpinBox):
    """A whole number."""


class DecimalBox(Clipped, QDoubleSpinBox):
    """A number with digits after the point."""


def range_text(limits: Mapping[str, Any]) -> str:
    """Return from where to where a number goes, and how: "0.01 to 3, step 0.01"."""
    how = ", odd" if limits.get("odd") else "" if limits["step"] == 1 else f", step {limits['step']:g}"
    return f"{limits['low']:g} to {limits['high']:g}{how}".replace("-", "−")


def _decimals(step: float) -> int:
    """Return how many digits after the point ``step`` needs."""
    return len(f"{step:.6f}".rstrip("0").split(".")[1])


class NumberRow(QWidget):
    """Slider and spin box of one ``int`` or ``float`` field with ``low``, ``high``, ``step``, ``label`` and ``help``.

    The wheel scrolls the panel and does not change a number by accident.
    """

    changed = Signal(object)

    def __init__(self, entry: Field[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        limits = entry.metadata
        default: Any = entry.default
        self._low, self._step, self._odd = limits["low"], limits["step"], limits.get("odd", False)
        whole = isinstance(default, int)
        self.box: QSpinBox | QDoubleSpinBox
        if whole:
            self.box = WholeBox(self)
            self.box.setRange(limits["low"], limits["high"])
            self.box.setSingleStep(int(limits["step"]))
        else:
            self.box = DecimalBox(self)
            self.box.setDecimals(max(_decimals(limits["step"]), _decimals(default)))
            self.box.setRange(limits["low"], limits["high"])
            self.box.setSingleStep(limits["step"])
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, round((limits["high"] - limits["low"]) / limits["step"]))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.slider.setMinimumWidth(60)
        tip = f"{limits['help']}\n{range_text(limits)}"
        self.box.setKeyboardTracking(False)  # "15" must not run once with 1
        self.box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        for control in (self.slider, self.box):
            control.setToolTip(tip)
            control.setAccessibleName(limits["label"])
            control.installEventFilter(self)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setFixedWidth(74)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.box.valueChanged.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)

    def render_value(self, value: float) -> None:
        """Show ``value`` without telling anybody; a box being typed in is left alone while it agrees."""
        with QSignalBlocker(self.box), QSignalBlocker(self.slider):
            if self.box.value() != value:
                self.box.setValue(value)  # type: ignore[arg-type]
            self.slider.setValue(round((value - self._low) / self._step))

    def _typed(self, value: float) -> None:
        if self._odd and value % 2 == 0:
            self.box.setValue(int(value) + 1)  # which comes back here
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(round((value - self._low) / self._step))
        self.changed.emit(value)

    def _slid(self, position: int) -> None:
        self.box.setValue(self._low + position * self._step)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and not (isinstance(watched, QWidget) and watched.hasFocus()):
            event.ignore()
            return True
        return super().eventFilter(watched, event)
