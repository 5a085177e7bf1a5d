"""The picture with its arrows: zoom by wheel, pan by drag, a read-out under the mouse."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QLabel, QVBoxLayout, QWidget

from motionapp.settings import ViewSettings
from motionapp.types import Picture
from ui.legend import Legend, key_of
from ui.picture_items import ArrowItem, BackgroundItem
from ui.reading import describe, reading
from ui.theme import PLATE, PLATE_TEXT, SPEED_STEPS, sized, theme

#: Margin of everything that lies in a corner of the picture, in screen px.
MARGIN_PX = 10
#: How much larger than other text a caption is: it is read from across the room.
CAPTION = 2.4


class _Canvas(pg.GraphicsView):
    """The graphics view without keys of its own, and with its double click told."""

    double_clicked = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()


class _Badge(QLabel):
    """A line of text on a dark plate over the picture; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        plate = f"rgba({PLATE.red()},{PLATE.green()},{PLATE.blue()},{PLATE.alpha()})"
        self.setStyleSheet(f"background: {plate}; color: {PLATE_TEXT.name()}; border-radius: 5px; padding: 4px 9px;")
        self.hide()

    def say(self, text: str) -> bool:
        """Show ``text``; return whether the badge changed its size."""
        if text == self.text():
            return False
        before = self.size()
        self.setText(text)
        self.adjustSize()
        self.setVisible(bool(text))
        return self.size() != before


class VideoView(QWidget):
    """Shows one :class:`Picture`: its background, its arrows, and what they mean.

    Signals
    -------
    hovered(Reading | None)
        What is under the mouse, with every picture and every move.
    double_clicked(), files_dropped(list[str])
        A double click on the picture; local files dropped on it.
    """

    hovered = Signal(object)
    double_clicked = Signal()
    files_dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._picture: Picture | None = None
        self._view = ViewSettings()
        self._fitted = True
        self._mouse: QPointF | None = None
        self._canvas = _Canvas(self, background=None)
        self._canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._canvas.setAcceptDrops(False)
        # One clip rectangle in place of many: half the time for painting arrows
        self._canvas.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self._canvas.setAccessibleName("Picture")
        self._box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0.0)
        self._canvas.setCentralItem(self._box)
        self._box.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape, False)
        self._background = BackgroundItem()
        self._arrows = ArrowItem()
        self._box.addItem(self._background, ignoreBounds=True)
        self._box.addItem(self._arrows, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self._legend = Legend(self)
        self._legend.hide()
        self._message = _Badge(self, "Message")
        self._error = _Badge(self, "Endpoint error")
        self._reading = _Badge(self, "Motion under the mouse")
        self._hint = _Badge(self, "What to draw")
        self._caption = _Badge(self, "Kind of motion")
        self._caption.setFont(sized(self._caption.font(), CAPTION))
        self._canvas.double_clicked.connect(self.double_clicked)
        self._canvas.sceneObj.sigMouseMoved.connect(self._point)
        self._canvas.left.connect(lambda: self._point(None))
        self._box.sigRangeChangedManually.connect(self._zoomed)
        self._colour()

    def show_picture(self, picture: Picture, view: ViewSettings) -> None:
        """Show ``picture`` as ``view`` says; keeps the zoom unless the picture's size changed."""
        resized = self._picture is None or self._picture.background.shape != picture.background.shape
        self._picture, self._view = picture, view
        self._background.set_image(picture.background)
        if resized:
            self.fit()
        if view.mode != "arrows":
            self._arrows.set_field(None)
        elif view.colour_by_speed:
            edges = np.array(SPEED_STEPS) * key_of(picture, view, 1.0).full_px_s
            self._arrows.set_field(picture.arrows, edges)
        else:
            self._arrows.set_field(picture.arrows)
        self._message.say("")
        error = picture.measures.endpoint_error_px
        if self._error.say("" if error is None else f"endpoint error {error:.3f} px"):
            self._place()
        self._explain()
        self._read()

    def clear(self) -> None:
        """Show nothing."""
        self._picture = None
        self._background.set_image(None)
        self._arrows.set_field(None)
        self._legend.show_key(None)
        self._error.say("")
        self._read()

    def set_message(self, text: str) -> None:
        """Show ``text`` in the middle of the picture until the next picture; "" removes it."""
        self._message.say(text)
        self._place()

    def set_caption(self, text: str) -> None:
        """Write ``text`` large over the picture, "" for nothing; it stays from picture to picture."""
        if self._caption.say(text):
            self._place()

    def set_hint(self, text: str) -> None:
        """Write what to do with the mouse over the lower edge of the picture, "" for nothing."""
        self._hint.say(text)
        self._place()

    def add_item(self, item: QGraphicsItem) -> None:
        """Lay ``item`` over the picture, in its coordinates."""
        self._box.addItem(item, ignoreBounds=True)

    @property
    def canvas(self) -> QGraphicsView:
        """What shows the picture and has its focus; the mouse moves over its viewport."""
        return self._canvas

    @property
    def picture_size(self) -> QSize:
        """Width and height of the shown picture in px; empty if there is none."""
        return self._background.boundingRect().size().toSize()

    def to_picture(self, position: QPointF) -> QPointF:
        """Return which place of the picture lies under a place of the canvas."""
        return self._box.mapSceneToView(self._canvas.mapToScene(position.toPoint()))

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        if self._picture is not None:
            height, width = self._picture.background.shape[:2]
            far = 4.0 * max(width, height)
            self._box.setLimits(minXRange=4.0, maxXRange=far, minYRange=4.0, maxYRange=far)
            self._box.setRange(QRectF(0, 0, width, height), padding=0.0)

    @property
    def zoom(self) -> float:
        """Screen px per px of the picture."""
        width = self._box.viewRect().width()
        return self._box.width() / width if width > 0.0 else 1.0

    def _zoomed(self) -> None:
        self._fitted = False
        self._explain()
        self._read()

    def _explain(self) -> None:
        """Bring the legend up to date."""
        if self._picture is None or self._picture.motion.first:
            self._legend.show_key(None)
            return
        self._legend.show_key(key_of(self._picture, self._view, self.zoom))
        self._place_legend()

    def _point(self, position: QPointF | None) -> None:
        self._mouse = position
        self._read()

    def _read(self) -> None:
        """Tell what is under the mouse, which may rest while the picture moves."""
        found = None
        if self._picture is not None and self._mouse is not None:
            point = self._box.mapSceneToView(self._mouse)
            found = reading(self._picture.motion, point.x(), point.y())
        first = self._picture is not None and self._picture.motion.first
        if self._reading.say("" if found is None else describe(found, first)):
            self._place()
        self.hovered.emit(found)

    def _place(self) -> None:
        """Put everything that lies over the picture into its corner."""
        width, height = self.width(), self.height()
        self._error.move(MARGIN_PX, MARGIN_PX)
        self._reading.move(width - self._reading.width() - MARGIN_PX, MARGIN_PX)
        self._caption.move((width - self._caption.width()) // 2, MARGIN_PX)
        self._message.move((width - self._message.width()) // 2, (height - self._message.height()) // 2)
        self._hint.move((width - self._hint.width()) // 2, height - self._hint.height() - MARGIN_PX)
        self._place_legend()

    def _place_legend(self) -> None:
        self._legend.move(MARGIN_PX, self.height() - self._legend.height() - MARGIN_PX)

    def _colour(self) -> None:
        self._canvas.setBackground(theme(self.palette()).backdrop)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._explain()
        self._place()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files_dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
