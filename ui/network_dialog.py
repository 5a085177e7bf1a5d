"""Ask for the address of a network camera; the picture goes on behind it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

SCHEMES = ("http://", "https://", "rtsp://")


class NetworkDialog(QDialog):
    """One address; Open is there only while it can be one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Network camera")
        self._address = QLineEdit(placeholderText="http://192.168.0.20:8080/video")
        self._address.setMinimumWidth(380)
        kind = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kind.Open | kind.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._address.textChanged.connect(self._check)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel("Address of an MJPEG stream (http) or of an rtsp camera:"))
        layout.addWidget(self._address)
        layout.addWidget(self._buttons)
        self._check()

    @property
    def address(self) -> str:
        """The address as typed, without blanks around it."""
        return self._address.text().strip()

    def accept(self) -> None:
        """Announce the address and close; stay where it cannot be one."""
        if self._usable():
            super().accept()
            self.chosen.emit(f"network:{self.address}")

    def _usable(self) -> bool:
        scheme = next((scheme for scheme in SCHEMES if self.address.lower().startswith(scheme)), "")
        return bool(scheme) and len(self.address) > len(scheme)

    def _check(self) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(self._usable())
