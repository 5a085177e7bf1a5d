"""A key or a button held down: recording goes on as long as it is, and never longer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QShortcutEvent
from PySide6.QtWidgets import QApplication, QWidget

#: So long after a release it is clear that it was one.
REPEAT_MS = 30

_ENDS = (QEvent.Type.WindowDeactivate, QEvent.Type.ApplicationDeactivate)
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}


class Holding(QObject):
    """Knows what is held, one thing at a time.

    A shortcut tells of a press and never of a release, so while a key is held every event of the application is
    looked at. What repeats by itself is not a release: X11 tells of it as a release and a press at once, and not always
    that it repeats, so a release counts only if no press follows. The window or the program losing the focus ends it,
    since the release would go elsewhere.

    Signals
    -------
    began(int), ended()
        The thing with this number is held; nothing is held any more.
    """

    began = Signal(int)
    ended = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._numbers: dict[QObject, int] = {}
        self._key = 0
        self._others: set[int] = set()
        self._let_go = QTimer(self, interval=REPEAT_MS, singleShot=True)
        self._let_go.timeout.connect(self.release)
        self.number: int | None = None

    def watch(self, action: QAction, number: int) -> None:
        """Take the keys of ``action`` as things to hold; choosing it in a menu still triggers it."""
        self._numbers[action] = number
        action.installEventFilter(self)

    def press(self, number: int, key: int = 0) -> None:
        """Begin to hold a thing, by a key or, with 0, by a button; what was held before is let go."""
        self._let_go.stop()
        if key and (number, key) == (self.number, self._key):
            return
        if self.number is None:
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
            self._others.clear()
        elif self._key:
            self._others.add(self._key)
        self._others.discard(key)
        self.number, self._key = number, key
        self.began.emit(number)

    def release(self) -> None:
        """Let go; without effect if nothing is held."""
        self._let_go.stop()
        if self.number is not None:
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
            self.number = None
            self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin with a shortcut, end with the release of its key or when the focus goes."""
        kind = event.type()
        if kind == QEvent.Type.Shortcut and watched in self._numbers and isinstance(event, QShortcutEvent):
            self.press(self._numbers[watched], event.key()[0].key())  # type: ignore[index]
            return True
        if self.number is None:
            return False
        if kind in _ENDS:
            self.release()
        elif isinstance(event, QKeyEvent) and self._key:
            self._note(event)
        return False

    def _note(self, event: QKeyEvent) -> None:
        """End with any key that was not pressed while this one is held: with Shift the key may have another name."""
        key = event.key()
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            if key == self._key:
                self._let_go.stop()
            else:
                self._others.add(key)
        elif event.isAutoRepeat() or key in _MODIFIERS or key in self._others:
            return
        elif event.type() == QEvent.Type.KeyRelease:
            self._let_go.start()
