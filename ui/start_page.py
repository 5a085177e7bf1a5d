"""What the window shows before there is a source: Camera, Open, the synthetic scenes, recent files."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from motionapp.types import Picture
from ui.background import Background
from ui.icons import LARGE, icon
from ui.naming import source_name
from ui.scene_card import THUMB, SceneCard, render_scene
from ui.theme import restyle, sized, theme

MOST_RECENT = 10
#: Scenes import OpenCV and PyAV, which the window does not wait for.
PATIENCE_MS = 150
_GAP_PX = 8
_WIDTH_PX = 6 * THUMB.width() + 5 * _GAP_PX
_RECENT = "QPushButton { text-align: left; padding: 4px 8px; }"


def _scenes() -> list[tuple[str, str, str]]:
    """Return name, title and text of every scene; imports them, which takes a moment."""
    from motionapp.scenes import SCENES

    return [(name, scene.title, scene.text) for name, scene in SCENES.items()]


def _place(uri: str) -> str:
    """Return the folder of a file, nothing for cameras and scenes."""
    return "" if uri.partition(":")[0] in ("scene", "camera", "network") else str(Path(uri).parent)


class StartPage(QWidget):
    """Offers every way to begin; what is chosen is a signal.

    The scenes are drawn in the background, one after the other, once the page is seen.
    """

    camera_requested = Signal()
    open_requested = Signal()
    source_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[SceneCard] = []
        self.recent: list[QPushButton] = []
        self.background = Background(self)
        self._leaving = threading.Event()
        self._asked = False
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._begin)
        self._columns = 0
        self.camera = self._big("camera", " Camera", "Look through the default camera")
        self.open = self._big("open", " Open…", "Open a video, a picture or a folder of pictures (Ctrl+O)")
        self.camera.clicked.connect(self.camera_requested)
        self.open.clicked.connect(self.open_requested)
        self._captions: list[QLabel] = []
        self._page = QWidget()
        self._grid, self._list = QGridLayout(), QGridLayout()
        self._recent_caption = self._caption("<b>Recent</b>")
        self._lay_out()
        self._colour()
        self.set_recent(())
        quitting = QCoreApplication.instance()
        assert quitting is not None
        quitting.aboutToQuit.connect(self.shut)

    def set_recent(self, uris: Sequence[str]) -> None:
        """List recent sources, newest first."""
        for button in self.recent:
            self._list.removeWidget(button)
            button.deleteLater()
        self.recent = [self._entry(uri) for uri in uris[:MOST_RECENT]]
        rows = (len(self.recent) + 1) // 2
        for at, button in enumerate(self.recent):
            self._list.addWidget(button, at % max(1, rows), at // max(1, rows))
            button.show()
        self._recent_caption.setVisible(bool(self.recent))

    def _entry(self, uri: str) -> QPushButton:
        name, place = source_name(uri), _place(uri)
        button = QPushButton(self._page)
        button.setFlat(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setToolTip(str(Path(place) / name) if place else name)
        button.setAccessibleName(name)
        text = f"{name}   {place}".replace("&", "&&")
        button.setText(button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, _WIDTH_PX // 2 - 24))
        restyle(button, _RECENT)
        button.clicked.connect(lambda: self.source_requested.emit(uri))
        return button

    def _big(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text.strip())
        button.setToolTip(tip)
        button.setIconSize(LARGE)
        button.setMinimumHeight(84)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFont(sized(button.font(), 1.5))
        return button

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text, self)
        self._captions.append(label)
        return label

    def _lay_out(self) -> None:
        title = QLabel("See motion", self)
        font = sized(title.font(), 2.2)
        font.setBold(True)
        title.setFont(font)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP_PX)
        buttons.addWidget(self.camera, 1)
        buttons.addWidget(self.open, 1)
        for grid in (self._grid, self._list):
            grid.setSpacing(_GAP_PX if grid is self._grid else 0)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(
            self._caption("Point it at a camera or a clip, or drop a file: arrows show where everything moves.")
        )
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addSpacing(14)
        column.addWidget(
            self._caption("<b>Synthetic scenes</b> &nbsp; know their true motion, so the error is shown live")
        )
        column.addLayout(self._grid)
        column.addSpacing(14)
        column.addWidget(self._recent_caption)
        column.addLayout(self._list)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addLayout(column)
        across.addStretch(1)
        down = QVBoxLayout(self._page)
        down.setContentsMargins(24, 16, 24, 16)
        down.addStretch(2)
        down.addLayout(across)
        down.addStretch(3)
        scroll = QScrollArea(self)
        scroll.setWidget(self._page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _show_cards(self, scenes: list[tuple[str, str, str]]) -> None:
        for name, title, text in scenes:
            card = SceneCard(name, title, text, self._page)
            card.clicked.connect(lambda _checked=False, name=name: self.source_requested.emit(f"scene:{name}"))
            self.cards.append(card)
        self._arrange()
        self._draw_next()

    def _draw_next(self) -> None:
        """Render one card after the other while the page is seen; a source that plays has better use for the time."""
        card = next((card for card in self.cards if not card.drawn), None)
        if card is None or self.isHidden() or self.background.busy or self._leaving.is_set():
            return

        def arrived(pictures: list[Picture]) -> None:
            card.show_pictures(pictures)
            self._draw_next()

        self.background.run(f"draw {card.text()}", lambda: render_scene(card.name, self._leaving), arrived)

    def shut(self, timeout_s: float = 2.0) -> bool:
        """Stop drawing scenes and wait; return whether that was in time.

        Called when the application quits: a thread that is still inside OpenCV when Python ends aborts the process.
        """
        self._leaving.set()
        return self.background.shut(timeout_s)

    def _arrange(self) -> None:
        """Put the cards into one row if they fit, otherwise into rows of three or two."""
        room = self.width() - 64
        columns = next((n for n in (6, 3, 2) if n * THUMB.width() + (n - 1) * _GAP_PX <= room), 1)
        if columns == self._columns and self._grid.count() == len(self.cards):
            return
        self._columns = columns
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // columns, at % columns)
            card.show()

    def _colour(self) -> None:
        colours = theme(self.palette())
        for button in (self.camera, self.open):
            button.setIcon(icon(button.objectName(), self.palette(), colours.accent))
            button.setStyleSheet(
                f"QPushButton {{ background: {colours.background}; color: {colours.foreground};"
                f" border: 1px solid {colours.grid}; border-radius: 8px; padding: 8px; }}"
                f"QPushButton:hover, QPushButton:focus {{ border: 2px solid {colours.accent}; padding: 7px; }}"
                f"QPushButton:pressed {{ background: {colours.band}; }}"
            )
        for label in self._captions:
            label.setStyleSheet(f"color: {colours.faint}")
        for button in self.recent:
            restyle(button, _RECENT)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 200)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._patience.start()

    def _begin(self) -> None:
        """List the scenes, or go on drawing them; by now the window is up, or shows a source instead."""
        if self.isHidden() or self._leaving.is_set():
            return
        if self._asked:
            self._draw_next()
        else:
            self._asked = True
            self.background.run("list the scenes", _scenes, self._show_cards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
