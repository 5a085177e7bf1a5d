"""Messages that stay until they are dismissed, above the picture and never in its way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from motionapp.types import Failure
from ui.icons import SMALL, icon
from ui.theme import theme

#: More messages than this wait until one is dismissed; more than MOST_KEPT are forgotten, oldest first.
MOST_SHOWN = 3
MOST_KEPT = 50

#: What a message offers to do about it: the text of a button, and what it does.
Remedy = tuple[str, Callable[[], None]]


class Banner(QFrame):
    """One message, how often it came, and the buttons to copy its details and to dismiss it."""

    def __init__(self, failure: Failure, stack: BannerStack, remedy: Remedy | None = None) -> None:
        super().__init__(stack)
        self.setObjectName("banner")
        self.failure = failure
        self.count = 1
        self._sign = QLabel(self)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton("Copy details", self)
        self.copy.setToolTip("Copy the message and its technical details to the clipboard")
        self.copy.setAutoDefault(True)
        self.dismiss = QToolButton(self)
        self.dismiss.setToolTip("Dismiss this message")
        self.dismiss.setAccessibleName("Dismiss")
        self.dismiss.setAutoRaise(True)
        self.dismiss.setIconSize(SMALL)
        for button in (self.copy, self.dismiss):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(10)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        if remedy is not None:
            layout.addWidget(self._offer(remedy, stack))
        self.copy.setVisible(remedy is None)
        layout.addWidget(self.copy)
        layout.addWidget(self.dismiss)
        self.copy.clicked.connect(self._copy)
        self.dismiss.clicked.connect(lambda: stack.remove(self))
        self.show_count()

    def _offer(self, remedy: Remedy, stack: BannerStack) -> QPushButton:
        """Return the button that does what is offered and takes the message away."""
        text, act = remedy
        button = QPushButton(text, self)
        button.setAutoDefault(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: stack.remove(self))
        button.clicked.connect(act)
        return button

    def show_count(self) -> None:
        """Show the message, with ×n if it came more than once."""
        text = self.failure.message + (f"  ×{self.count}" if self.count > 1 else "")
        self._text.setText(text)
        self.setAccessibleName(text)

    def colour(self, palette: QPalette) -> None:
        """Take the colours of the palette's scheme."""
        colours = theme(palette)
        self.setStyleSheet(
            f"#banner {{ background: {colours.banner}; border: none; border-left: 4px solid {colours.banner_edge}; }}"
            f"#banner QLabel {{ color: {colours.banner_text}; background: transparent; }}"
        )
        self._sign.setPixmap(icon("warning", palette, colours.banner_edge).pixmap(SMALL))
        self.dismiss.setIcon(icon("close", palette, colours.banner_text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and focused is self.dismiss:
            self.dismiss.click()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        text = self.failure.message
        QGuiApplication.clipboard().setText(f"{text}\n\n{self.failure.detail}" if self.failure.detail else text)


class BannerStack(QWidget):
    """At most three banners, newest on top; the same message again counts up instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: list[Banner] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._more = QLabel(self)
        self._more.setContentsMargins(12, 3, 12, 3)
        self._layout.addWidget(self._more)
        self._arrange()

    def add(self, failure: Failure, remedy: Remedy | None = None) -> None:
        """Show ``failure`` with what can be done about it, or count one more of the same message."""
        known = next((banner for banner in self._banners if banner.failure.message == failure.message), None)
        if known is not None:
            known.failure, known.count = failure, known.count + 1
            known.show_count()
            return
        banner = Banner(failure, self, remedy)
        banner.colour(self.palette())
        self._banners.insert(0, banner)
        self._layout.insertWidget(0, banner)
        for forgotten in self._banners[MOST_KEPT:]:
            self.remove(forgotten)
        self._arrange()

    def remove(self, banner: Banner) -> None:
        """Dismiss ``banner``; one that waited takes its place."""
        self._banners.remove(banner)
        self._layout.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self._arrange()

    def withdraw(self, message: str) -> None:
        """Dismiss the banner with ``message``, if there is one: it no longer holds."""
        for banner in self.banners:
            if banner.failure.message == message:
                self.remove(banner)

    def clear(self) -> None:
        """Dismiss all."""
        for banner in tuple(self._banners):
            self.remove(banner)

    @property
    def banners(self) -> tuple[Banner, ...]:
        """All banners, newest first, shown or waiting."""
        return tuple(self._banners)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for banner in self._banners:
                banner.colour(self.palette())

    def _arrange(self) -> None:
        for position, banner in enumerate(self._banners):
            banner.setVisible(position < MOST_SHOWN)
        waiting = max(0, len(self._banners) - MOST_SHOWN)
        self._more.setText(f"and {waiting} more")
        self._more.setVisible(waiting > 0)
        self.setVisible(bool(self._banners))
