"""A small picture made of an array, enlarged so that its pixels can be seen."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.types import Array

#: A pixel of the array is at most so many px large.
_LARGEST = 10


def pixmap_of(picture: Array) -> QPixmap:
    """Return ``(H, W, 3)`` uint8 RGB as a pixmap of its own."""
    height, width = picture.shape[:2]
    return QPixmap.fromImage(QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888))


class ArrayPicture(QWidget):
    """Shows ``(H, W, 3)`` uint8 RGB as large as the width allows, in whole steps where it is enlarged."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._pixmap = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_array(self, picture: Array) -> None:
        """Show ``picture``."""
        before = self._pixmap.size()
        self._pixmap = pixmap_of(picture)
        if self._pixmap.size() != before:
            self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._drawn(width).height()

    def sizeHint(self) -> QSize:
        return self._drawn(max(1, self.width()))

    def _drawn(self, width: int) -> QSize:
        size = self._pixmap.size()
        if size.isEmpty():
            return QSize(width, 1)
        enlarged = min(_LARGEST, width // size.width())
        if enlarged >= 1:
            return size * enlarged
        return QSize(width, max(1, size.height() * width // size.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._drawn(self.width())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size.width() < self._pixmap.width())
        if not self._pixmap.isNull():
            painter.drawPixmap(QRect(0, 0, size.width(), size.height()), self._pixmap)
        painter.end()


#: Thumbnails of recordings, in px.
THUMBNAIL = QSize(40, 30)


def thumbnail_of(picture: Array) -> QPixmap:
    """Return a picture at the size of a thumbnail."""
    mode = Qt.TransformationMode.SmoothTransformation
    return pixmap_of(picture).scaled(THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, mode)
