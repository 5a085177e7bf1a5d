"""Who gets a key: the shortcuts, whatever was clicked last, unless text is being typed.

Qt asks the focused widget first whether it wants a key for itself (``ShortcutOverride``). A spin box would
claim every letter, Space, arrows and Backspace, so that a lecturer who touched a number could no longer
pause with Space. The rule here:

* a text field keeps everything that is text or editing;
* a number box belongs to the shortcuts until its number is being edited: from the first digit, minus or
  Delete, or a double click into it. Then digits, signs, Backspace and the cursor keys go to the number, letters and
  Space still are shortcuts (no number has any), Enter takes it and Esc
  drops it, and both give the focus back. After a click on its arrows digits are shortcuts, too;
* an open list or menu keeps its keys; anything else leaves all keys to the shortcuts;
* Enter presses the focused button, since Space does not.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

#: The rule in one sentence, for the key page.
RULE = (
    "Keys work whatever was clicked last. In a number box, type a digit or double-click to edit the number; "
    "Enter takes it, Esc drops it."
)

_Key = Qt.Key
_LEAVE = {_Key.Key_Return, _Key.Key_Enter, _Key.Key_Escape}
_EDIT = {_Key.Key_Backspace, _Key.Key_Delete, _Key.Key_Left, _Key.Key_Right, _Key.Key_Home, _Key.Key_End}
_EDIT_WITH_CONTROL = {_Key.Key_A, _Key.Key_C, _Key.Key_V, _Key.Key_X, _Key.Key_Z}
_CONTROL = Qt.KeyboardModifier.ControlModifier


class ShortcutRule(QObject):
    """Watches whichever widget of ``window`` has the focus and applies the rule to its keys.

    A filter on the focused widget alone costs nothing per frame; one on the whole application would
    run Python for every paint and mouse event.
    """

    def __init__(self, window: QWidget, resting_place: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._resting_place = resting_place
        self._watched: list[QObject] = []
        self._typing = self._stepping = False
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def detach(self) -> None:
        """Stop watching; the window is about to go."""
        QApplication.instance().focusChanged.disconnect(self._follow)  # type: ignore[union-attr]
        self._watch([])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Decide on keys before the widget does."""
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self._stepping = isinstance(watched, QAbstractSpinBox)
            self._typing |= kind == QEvent.Type.MouseButtonDblClick and not self._stepping
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._claim(watched, event)
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _LEAVE:
            return self._finish(watched, event)
        return False

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._typing = self._stepping = False
        if new is None or not self._holds(new):
            self._watch([])
        elif isinstance(new, QAbstractSpinBox):
            self._watch([new, *new.findChildren(QLineEdit)])
        else:
            self._watch([new])

    def _holds(self, widget: QWidget) -> bool:
        """Whether a widget belongs to the window or to one of its docks that float."""
        window = widget.window()
        return window is self._window or (isinstance(window, QDockWidget) and window.parent() is self._window)

    def _watch(self, widgets: list[QObject]) -> None:
        for widget in self._watched:
            if isValid(widget):  # a focused button may have been deleted meanwhile
                widget.removeEventFilter(self)
        self._watched = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def _claim(self, widget: QObject, event: QKeyEvent) -> bool:
        """Accept the key for the widget, or keep the widget from claiming it."""
        if QApplication.activePopupWidget() is not None:
            event.accept()
            return True
        if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
            return False
        if isinstance(widget, QComboBox) and widget.isEditable():
            return False
        mine = isinstance(widget, QAbstractSpinBox) and self._edits(event)
        event.setAccepted(mine)
        return True

    def _edits(self, event: QKeyEvent) -> bool:
        """Whether the key belongs to the number; a digit, minus or Delete begins an edit."""
        key, control = event.key(), bool(event.modifiers() & _CONTROL)
        digit = event.text().isdigit() or event.text() == "-" or key == _Key.Key_Delete
        if digit and not control and not self._stepping:
            self._typing = True
            return True
        if not self._typing:
            return False
        if control:
            return key in _EDIT_WITH_CONTROL
        return key in _EDIT or key in _LEAVE or event.text() in (".", ",")

    def _finish(self, widget: QObject, event: QKeyEvent) -> bool:
        """End an edit or press a button; both leave other keys to the widget."""
        if isinstance(widget, QAbstractSpinBox):
            if event.key() == _Key.Key_Escape:
                widget.setProperty("value", widget.property("value"))  # its text again, not what was typed
            widget.interpretText()
            self._resting_place.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if isinstance(widget, QAbstractButton) and event.key() != _Key.Key_Escape:
            widget.click()
            return True
        return False
