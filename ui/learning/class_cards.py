"""A card for each kind of motion: its name, what was recorded of it, and the buttons to record more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.array_picture import THUMBNAIL, thumbnail_of
from ui.icons import icon
from ui.name_field import NameField
from ui.theme import NO_INDICATOR, restyle, theme

if TYPE_CHECKING:
    from motionapp.learning.classifier_status import ClassifierStatus
    from motionapp.learning.samples import Recording

#: Thumbnails on a card; the other recordings are a number.
SHOWN = 3
#: What the button says that records as long as it is held.
HOLD = "Hold"
#: Classes that have a key.
KEYED = 9


class ClassCard(QFrame):
    """One class; ``number`` counts from 1."""

    named = Signal(str, str)
    pressed = Signal(int)
    released = Signal()
    count_down = Signal(int)
    removed = Signal(str)
    recording_removed = Signal(str)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.setObjectName("card")
        self._shown: tuple[Recording, ...] | None = None
        self.key = QLabel(str(number) if number <= KEYED else "")
        self.key.setObjectName("key")
        self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.key.setToolTip(f"Hold the key {number} to record a sample" if number <= KEYED else "")
        self.name = NameField()
        self.name.named.connect(self.named)
        self.count = QLabel()
        self.remove = _tool("Remove the class", "Remove")
        self.remove.clicked.connect(self._ask_remove)
        self.hold = QPushButton(HOLD)
        self.hold.setMinimumWidth(56)
        self.hold.setToolTip("A sample is recorded as long as this is held down")
        self.timer = QPushButton("3-2-1")
        self.timer.setToolTip("Count 3, 2, 1, then record for some seconds (see Options); again: stop")
        self.timer.setAccessibleName("Count down and record")
        for button in (self.hold, self.timer):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.timer.setFixedWidth(52)
        self.hold.pressed.connect(lambda: self.pressed.emit(number))
        self.hold.released.connect(self.released)
        self.timer.clicked.connect(lambda: self.count_down.emit(number))
        self.thumbnails = [_tool("", "Recording") for _ in range(SHOWN)]
        for small in self.thumbnails:
            small.setIconSize(THUMBNAIL)
            small.setFixedSize(THUMBNAIL.width() + 2, THUMBNAIL.height() + 2)
            small.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            small.setMenu(QMenu(small))
        self.more = QLabel()
        self._lay_out()
        self.colour(self.palette())

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(6)
        above.addWidget(self.key)
        above.addWidget(self.name, 1)
        above.addWidget(self.count)
        above.addWidget(self.remove)
        below.setSpacing(4)
        self.hold.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        below.addWidget(self.hold, 1)
        for widget in (self.timer, *self.thumbnails, self.more):
            below.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(7, 5, 5, 6)
        layout.setSpacing(4)
        layout.addLayout(above)
        layout.addLayout(below)

    def show_class(self, name: str, count: int, recordings: tuple[Recording, ...]) -> None:
        """Show the class, ``count`` windows of it, and its newest recordings."""
        self.name.show_name(name)
        self.hold.setAccessibleName(f"Hold to record {name}")
        self.count.setText("no sample" if not count else f"{count} sample{'s' if count > 1 else ''}")
        one = "1 recording" if len(recordings) == 1 else f"{len(recordings)} recordings"
        self.count.setToolTip(f"{one}; a sample is a window of some frames, and windows overlap")
        ids = [recording.id for recording in recordings]
        if self._shown is None or ids != [recording.id for recording in self._shown]:
            self._show_thumbnails(recordings)
        self._shown = recordings

    def show_activity(self, counting: int, recording_s: float | None) -> None:
        """Show the seconds left of a countdown, or how much is recorded; 0 and None: neither."""
        on = recording_s is not None
        text = f"{recording_s:.1f} s" if on else f"{counting} …" if counting else HOLD
        if self.hold.text() != text:
            self.hold.setText(text)
        if self.property("recording") != on:
            self.setProperty("recording", on)
            self.style().unpolish(self)
            self.style().polish(self)
            self.update()

    def enable(self, watching: bool) -> None:
        """Let the buttons record, if there is a source."""
        self.hold.setEnabled(watching)
        self.timer.setEnabled(watching)

    def _show_thumbnails(self, recordings: tuple[Recording, ...]) -> None:
        from motionapp.learning.mosaic import thumbnail  # by now the classifier has loaded what this needs

        newest = recordings[::-1][:SHOWN]
        for button in self.thumbnails[len(newest) :]:
            button.hide()
        for button, recording in zip(self.thumbnails, newest):
            button.setIcon(QIcon(thumbnail_of(thumbnail(recording.maps))))
            button.setToolTip(f"{recording.duration_s:.1f} s of {recording.source or 'motion'}\nClick to remove it")
            button.menu().clear()
            button.menu().addAction("Remove this recording", partial(self.recording_removed.emit, recording.id))
            button.show()
        self.more.setText(f"+{len(recordings) - SHOWN}")
        self.more.setVisible(len(recordings) > SHOWN)

    def _ask_remove(self) -> None:
        """Remove an empty class at once, and one with recordings after a second click."""
        if not self._shown:
            self.removed.emit(self.name.name)
            return
        count = len(self._shown)
        menu = QMenu(self.remove)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = f"Remove the class and its {count} recording{'s' if count > 1 else ''}"
        menu.addAction(text, partial(self.removed.emit, self.name.name))
        menu.popup(self.remove.mapToGlobal(self.remove.rect().bottomLeft()))

    def colour(self, palette: QPalette) -> None:
        """Take the colours of the palette's scheme."""
        colours = theme(palette)
        self.remove.setIcon(icon("close", palette))
        self.hold.setIcon(icon("record", palette))
        restyle(
            self,
            f"#card {{ background: {colours.background}; border: 1px solid {colours.grid}; border-radius: 5px; }}"
            f"#card[recording=true] {{ border: 1px solid #e5383b; }}"
            f"#key {{ background: {colours.band}; border: 1px solid {colours.grid}; border-radius: 3px;"
            f" min-width: 16px; color: {colours.foreground}; }}"
            f"QLineEdit {{ background: transparent; border: 1px solid transparent; border-radius: 3px;"
            f" color: {colours.foreground}; }}"
            f"QLineEdit:hover, QLineEdit:focus {{ border-color: {colours.grid}; background: {colours.band}; }}",
        )
        for button in (self.remove, *self.thumbnails):
            restyle(button, NO_INDICATOR)
        for label in (self.count, self.more):
            restyle(label, f"color: {colours.faint};")


class ClassCards(QWidget):
    """All classes, one card under the other."""

    named = Signal(str, str)
    pressed = Signal(int)
    released = Signal()
    count_down = Signal(int)
    removed = Signal(str)
    recording_removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[ClassCard] = []
        self._samples: object = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(5)

    def show_classes(self, status: ClassifierStatus, counting: tuple[int | None, int]) -> None:
        """Show the classes; ``counting`` is the class counted down for and the seconds left."""
        samples = status.samples
        if samples is not self._samples:
            self._samples = samples
            self._fit(len(samples.classes))
            for card, name in zip(self.cards, samples.classes, strict=True):
                card.show_class(name, status.counts.get(name, 0), samples.of(name))
        for card, name in zip(self.cards, samples.classes, strict=True):
            left = counting[1] if counting[0] == card.number else 0
            card.show_activity(left, status.recording_s if status.recording == name else None)

    def enable(self, watching: bool) -> None:
        """Let the buttons record, if there is a source."""
        for card in self.cards:
            card.enable(watching)

    def _fit(self, count: int) -> None:
        """Have so many cards."""
        while len(self.cards) > count:
            card = self.cards.pop()
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < count:
            card = ClassCard(len(self.cards) + 1)
            for name in ("named", "pressed", "released", "count_down", "removed", "recording_removed"):
                getattr(card, name).connect(getattr(self, name))
            self._layout.addWidget(card)
            self.cards.append(card)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for card in self.cards:
                card.colour(self.palette())


def _tool(tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setToolTip(tip)
    button.setAccessibleName(name)
    return button
