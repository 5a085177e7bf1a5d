"""The preferences, as the user asks for them with Ctrl+,."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.preferences import CAMERA_SIZES, Choices

_SCHEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}


def size_text(size: tuple[int, int] | None) -> str:
    """Return a camera resolution as people write it."""
    return "Camera's own choice" if size is None else f"{size[0]} × {size[1]}"


class PreferencesDialog(QDialog):
    """Shows :class:`Choices` and emits new ones when accepted."""

    chosen = Signal(object)

    def __init__(self, choices: Choices, default_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._choices = choices
        self._folder = QLineEdit(str(choices.recordings or ""), placeholderText=str(default_folder))
        self._folder.setMinimumWidth(320)
        browse = QPushButton("Choose…", autoDefault=False)
        browse.clicked.connect(self._browse)
        folder = QHBoxLayout()
        folder.addWidget(self._folder)
        folder.addWidget(browse)
        self._size = QComboBox()
        for size in CAMERA_SIZES:
            self._size.addItem(size_text(size), size)
        self._size.setCurrentIndex(CAMERA_SIZES.index(choices.camera_size))
        self._mirror = _check("Mirror cameras", choices.mirror_cameras)
        self._scheme = QComboBox()
        for name, text in _SCHEMES.items():
            self._scheme.addItem(text, name)
        self._scheme.setCurrentIndex(list(_SCHEMES).index(choices.scheme))
        self._reopen = _check("Open the last source at start", choices.reopen)
        form = QFormLayout()
        form.addRow("Recordings and snapshots:", folder)
        form.addRow("Camera resolution:", self._size)
        form.addRow("", self._mirror)
        form.addRow("Colours:", self._scheme)
        form.addRow("", self._reopen)
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Ok | kind.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)

    @property
    def choices(self) -> Choices:
        """What the dialog shows now."""
        folder = self._folder.text().strip()
        return replace(
            self._choices,
            recordings=Path(folder).expanduser() if folder else None,
            camera_size=CAMERA_SIZES[self._size.currentIndex()],
            mirror_cameras=self._mirror.isChecked(),
            scheme=self._scheme.currentData(),
            reopen=self._reopen.isChecked(),
        )

    def accept(self) -> None:
        """Announce the choices and close."""
        super().accept()
        self.chosen.emit(self.choices)

    def _browse(self) -> None:
        shown = self._folder.text() or self._folder.placeholderText()
        dialog = QFileDialog(self, "Folder for recordings and snapshots", shown)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _check(text: str, checked: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(checked)
    return box
