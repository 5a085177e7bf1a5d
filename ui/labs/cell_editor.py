"""The field in which one of many numbers in squares is typed: what is none is said, never dropped without a word."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from ui.labs.numbers import number_of
from ui.theme import WRONG, restyle

#: Keys of the field itself; otherwise they would be commands of the window.
_OWN = (Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Right)
#: Where else the focus may go while one types: to another window, to a menu of the field's own.
_AWAY = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class CellEditor(QLineEdit):
    """Lies over a square while its number is typed.

    Enter and Tab take the number and go on, Shift+Tab goes back, a click elsewhere takes it, too; Esc drops what was
    typed, and so does whatever hides the field.

    Signals
    -------
    taken(float)
        Another number was typed; the field is closed.
    left(int)
        Closed by a key: 1 to go on, −1 back.
    tabbed(int)
        The same, and the next number is to be typed, too.
    """

    taken = Signal(float)
    left = Signal(int)
    tabbed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, alignment=Qt.AlignmentFlag.AlignCenter)
        self._under = parent
        self.is_open = False
        self.refused = ""  # why what was typed is not taken
        self.setFrame(False)
        self.hide()
        self.textEdited.connect(lambda _text: self._refuse(""))

    def open(self, text: str, *, begun: bool) -> None:
        """Let a number be typed in place of ``text``, or behind it if it is ``begun`` already."""
        self._refuse("")
        self.setText(text)
        self.setModified(begun)
        self.is_open = True
        self.show()
        self.setFocus()
        if not begun:
            self.selectAll()

    def drop(self) -> None:
        """Close, whatever was typed."""
        if self.is_open:
            self.is_open = False
            if self.hasFocus() and self._under.isVisible():
                self._under.setFocus()
            self.hide()

    def take(self) -> bool:
        """Close and tell the number; where it is none say so, and stay open. Return whether it is closed."""
        if not self.is_open:
            return True
        try:
            value = number_of(self.text())
        except ValueError as error:
            self._refuse(str(error))
            return False
        self.drop()
        if self.isModified():
            self.taken.emit(value)
        return True

    def event(self, event: QEvent) -> bool:
        """Keep the field's own keys from the shortcuts of the window."""
        pressed = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if pressed and event.key() in _OWN:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.drop()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.take():
                self.left.emit(1)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, onward: bool) -> bool:
        """Take the number and go to the next one, or to the one before."""
        if not self.is_open:
            return super().focusNextPrevChild(onward)
        if self.take():
            self.tabbed.emit(1 if onward else -1)
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the number; what is none is given up with a word, since nobody types here any more."""
        super().focusOutEvent(event)
        if event.reason() not in _AWAY and not self.take():
            said = f"{self.refused}: nothing is changed"
            self.drop()
            QTimer.singleShot(0, self, lambda: self._say(said))  # the focus that arrives takes away what is said now

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.drop()

    def _refuse(self, why: str) -> None:
        """Say why what was typed cannot be taken, or, "", that it may be."""
        if why != self.refused:
            self.refused = why
            restyle(self, f"QLineEdit {{ border: 3px solid {WRONG}; }}" if why else "")
            self.setToolTip(why)
        if why:
            self._say(why)

    def _say(self, text: str) -> None:
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), text, self)
