"""The middle of the window: messages, the picture or the start page, and the transport under it."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from motionapp.types import Picture
from ui.banner import BannerStack
from ui.start_page import StartPage
from ui.transport import Transport
from ui.video_view import VideoView


class Stage(QWidget):
    """Shows either the start page or the picture with its transport; messages above both."""

    def __init__(self) -> None:
        super().__init__()
        self.banners, self.view, self.transport, self.start = BannerStack(), VideoView(), Transport(), StartPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start)
        self._pages.addWidget(self.view)
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._bare = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banners)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.transport)
        self.show_start([])

    @property
    def at_start(self) -> bool:
        """Whether the start page is shown."""
        return self._pages.currentWidget() is self.start

    def show_start(self, recent: list[str]) -> None:
        """Show the start page with the files opened last."""
        self.start.set_recent(recent)
        self.view.clear()
        self.view.set_message("")
        self._turn_to(self.start)

    def show_opening(self, name: str) -> None:
        """Show that a source is being opened; nothing of the last one stays."""
        self.view.clear()
        self.view.set_message(f"Opening {name} …")
        self._turn_to(self.view)

    def show_picture(self, picture: Picture) -> None:
        """Show a picture, drawn as the settings it was made with say."""
        self.view.show_picture(picture, picture.motion.settings.view)

    def set_bare(self, bare: bool) -> None:
        """Show the picture without the transport, for full screen."""
        self._bare = bare
        self.transport.setVisible(not bare and not self.at_start)

    def _turn_to(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        self.transport.setVisible(not self._bare and page is self.view)
