"""How it learns and what it looks at; folded away, since the defaults do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from motionapp.settings import MapSettings, TrainingSettings
from ui.flow_panel import ChoiceBox
from ui.learning.countdown import DURATIONS_S
from ui.settings_form import SettingsForm

if TYPE_CHECKING:
    from motionapp.learning.classifier_status import ClassifierStatus

#: What cannot be changed any more once there are recordings, which are made with it.
_FIXED = ("rows", "columns", "direction")
#: What LeNet-5 has its own of.
_LENET_HAS = ("activation", "layers", "filters")


class TrainingOptions(QWidget):
    """Renders the settings of training and of maps; emits new ones for every change."""

    training_changed = Signal(object)
    maps_changed = Signal(object)
    duration_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.training, self.maps = SettingsForm(TrainingSettings()), SettingsForm(MapSettings())
        self.training.changed.connect(self.training_changed)
        self.maps.changed.connect(self.maps_changed)
        self.duration = ChoiceBox("Countdown records", "So long the button 3-2-1 records", self)
        self.duration.setFixedWidth(130)
        for seconds in DURATIONS_S:
            self.duration.addItem(f"{seconds} s", seconds)
        self.duration.currentIndexChanged.connect(lambda at: self.duration_changed.emit(self.duration.itemData(at)))
        self.reset = QPushButton("Defaults")
        self.reset.setToolTip("Learn as a new window does")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.clicked.connect(lambda: self.training_changed.emit(TrainingSettings()))
        countdown = QFormLayout()
        countdown.setContentsMargins(0, 0, 0, 0)
        countdown.setHorizontalSpacing(10)
        countdown.addRow("Countdown records", self.duration)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.setSpacing(5)
        layout.addWidget(_head("How it learns, from the next training on"))
        layout.addWidget(self.training)
        layout.addWidget(self.reset)
        layout.addWidget(_head("What it looks at"))
        layout.addWidget(self.maps)
        layout.addWidget(_head("Recording alone"))
        layout.addLayout(countdown)

    def show_options(self, status: ClassifierStatus, duration_s: int) -> None:
        """Show the settings in force."""
        self.training.render(status.settings)
        self.maps.render(status.samples.map_settings)
        for name in _LENET_HAS:
            self.training.controls[name].setEnabled(status.settings.architecture != "lenet5")
        for name in _FIXED:
            self.maps.controls[name].setEnabled(not status.samples.recordings)
        with QSignalBlocker(self.duration):
            self.duration.setCurrentIndex(self.duration.findData(duration_s))


def _head(text: str) -> QLabel:
    label = QLabel(f"<b>{text}</b>")
    label.setContentsMargins(0, 4, 0, 0)
    return label
