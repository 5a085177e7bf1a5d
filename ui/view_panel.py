"""What is drawn over the picture: view, arrows, their scale."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_args

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QWidget

from motionapp.settings import ViewMode, ViewSettings
from ui.flow_panel import ChoiceBox
from ui.number_row import NumberRow

_FIELDS = {entry.name: entry for entry in fields(ViewSettings)}


class ViewPanel(QWidget):
    """Renders :class:`ViewSettings`; emits a new one for every change."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ViewSettings()
        limits = _FIELDS["mode"].metadata
        self.mode = ChoiceBox(limits["label"], limits["help"], self)
        for mode in get_args(ViewMode):
            self.mode.addItem(mode.capitalize(), mode)
        self.locked = ChoiceBox(
            "Arrow scale", "Auto-slow follows the speeds over seconds and never jumps; Locked stays as set", self
        )
        self.locked.addItem("Auto-slow", False)
        self.locked.addItem("Locked", True)
        self.numbers = {name: NumberRow(_FIELDS[name], self) for name in ("grid_px", "least_px", "px_per_px_s")}
        self.checks = {
            "colour_by_speed": self._check("Colour by speed", "A colour for each step of speed in place of one blue"),
            "grey_unmeasured": self._check("Grey unmeasured", "Grey the places whose motion could not be measured"),
        }
        self._lay_out()
        self._connect()
        self.render(self._view)

    def render(self, view: ViewSettings) -> None:  # type: ignore[override]
        """Show ``view``; emits nothing."""
        self._view = view
        for box, value in ((self.mode, view.mode), (self.locked, view.scale_locked)):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        for name, row in self.numbers.items():
            row.render_value(getattr(view, name))
        for name, check in self.checks.items():
            with QSignalBlocker(check):
                check.setChecked(getattr(view, name))
        arrows = view.mode == "arrows"
        self.numbers["grid_px"].setEnabled(arrows)
        self.numbers["least_px"].setEnabled(arrows)
        self.checks["colour_by_speed"].setEnabled(arrows)
        self.numbers["px_per_px_s"].setEnabled(view.scale_locked)

    def _check(self, text: str, tip: str) -> QCheckBox:
        check = QCheckBox(text, self)
        check.setToolTip(tip)
        check.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return check

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(10, 8, 10, 8)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(7)
        form.addRow(self._label("mode"), self.mode)
        form.addRow(self._label("grid_px", "px"), self.numbers["grid_px"])
        form.addRow(self._label("least_px", "px"), self.numbers["least_px"])
        form.addRow("Arrow scale", self.locked)
        form.addRow(QLabel("px per px/s"), self.numbers["px_per_px_s"])
        for check in self.checks.values():
            form.addRow("", check)

    @staticmethod
    def _label(name: str, unit: str = "") -> QLabel:
        limits = _FIELDS[name].metadata
        label = QLabel(f"{limits['label']} ({unit})" if unit else limits["label"])
        label.setToolTip(limits["help"])
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return label

    def _connect(self) -> None:
        self.mode.currentIndexChanged.connect(lambda at: self._set("mode", self.mode.itemData(at)))
        self.locked.currentIndexChanged.connect(lambda at: self._set("scale_locked", self.locked.itemData(at)))
        for name, row in self.numbers.items():
            row.changed.connect(lambda value, name=name: self._set(name, value))
        for name, check in self.checks.items():
            check.toggled.connect(lambda on, name=name: self._set(name, on))

    def _set(self, name: str, value: Any) -> None:
        self.changed.emit(replace(self._view, **{name: value}))
