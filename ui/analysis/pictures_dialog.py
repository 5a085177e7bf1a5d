"""The pictures of a run, one large at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.theme import restyle

#: Larger pictures are read at this size.
LARGEST = QSize(2400, 2400)
_STYLE = "QListView::item { padding: 4px 2px; }"


class _Sheet(QWidget):
    """One picture, as large as there is room, never enlarged, on white as it will be printed."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self.setMinimumSize(320, 240)

    def show_file(self, path: Path) -> None:
        """Show a picture; one that cannot be read shows nothing."""
        reader = QImageReader(str(path))
        size = reader.size()
        if size.width() > LARGEST.width() or size.height() > LARGEST.height():
            reader.setScaledSize(size.scaled(LARGEST, Qt.AspectRatioMode.KeepAspectRatio))
        self._pixmap = QPixmap.fromImage(reader.read())
        self.setAccessibleName(path.stem)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._pixmap.isNull():
            room = self._pixmap.size().boundedTo(self.size())
            size = self._pixmap.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
            painter.drawPixmap(left, top, size.width(), size.height(), self._pixmap)
        painter.end()


class PicturesDialog(QDialog):
    """A window beside the picture: names on the left, the chosen one on the right.

    Signals
    -------
    folder_requested(Path)
        Show where this file is.
    """

    folder_requested = Signal(object)

    def __init__(self, pictures: Sequence[Path], stem: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Pictures of {stem}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.names, self.sheet = QListWidget(), _Sheet()
        self.names.setFixedWidth(170)
        self.names.setAccessibleName("Pictures")
        restyle(self.names, _STYLE)
        for path in pictures:
            item = QListWidgetItem(picture_name(path, stem))
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setToolTip(path.name)
            self.names.addItem(item)
        self.names.currentItemChanged.connect(self._show)
        middle = QHBoxLayout()
        middle.addWidget(self.names)
        middle.addWidget(self.sheet, 1)
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Close)
        folder = buttons.addButton("Show folder", QDialogButtonBox.ButtonRole.ActionRole)
        folder.clicked.connect(lambda: self.folder_requested.emit(pictures[0]))
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addLayout(middle, 1)
        layout.addWidget(buttons)
        self.resize(980, 640)
        self.names.setCurrentRow(0)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.sheet.show_file(Path(item.data(Qt.ItemDataRole.UserRole)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            restyle(self.names, _STYLE)


def picture_name(path: Path, stem: str) -> str:
    """Return what a picture shows, from its file name: "clip_motion_heat.png" is "Heat"."""
    text = path.stem.removeprefix(stem).strip("-_ ").replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:] if text else path.stem
