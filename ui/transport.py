"""Play, step, seek, in and out, speed and loop, under the picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from motionapp.playback import SPEEDS
from ui.icons import SMALL, icon
from ui.timeline import Timeline

if TYPE_CHECKING:
    from motionapp.live import SessionStatus

_PLAYING = ("playing", "preparing")
_NOTHING = ("opening", "failed", "closed")


def clock(seconds: float) -> str:
    """Return a time as mm:ss.mmm, with hours in front only where there are any."""
    thousandths = max(0, round(seconds * 1000))
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours}:{text}" if hours else text


def speed_text(speed: float) -> str:
    """Return a speed as 1.0×, with as many digits as it needs; backwards with a minus."""
    digits = f"{abs(speed):.3f}".rstrip("0")
    digits = digits + "0" if digits.endswith(".") else digits
    return f"{'−' if speed < 0 else ''}{digits}×"


class Transport(QWidget):
    """Renders a :class:`motionapp.live.SessionStatus`; every touch is a signal, nothing is remembered here."""

    play_toggled = Signal()
    shuttled = Signal(int)
    seek_requested = Signal(int)
    step_requested = Signal(int)
    speed_requested = Signal(float)
    range_requested = Signal(object, object)
    loop_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: SessionStatus | None = None
        self.back = self._button("back", "Play backwards; again: faster (J)")
        self.previous = self._button("previous", "One frame back (←)", repeat=True)
        self.play = self._button("play", "Play (Space)")
        self.next = self._button("next", "One frame on (→)", repeat=True)
        self.forward = self._button("forward", "Play forwards; again: faster (L)")
        self.timeline = Timeline(self)
        self.mark_in = self._button("mark-in", "In mark here (I); again: remove it")
        self.mark_out = self._button("mark-out", "Out mark here (O); again: remove it")
        self.loop = self._button("loop", "Loop (Ctrl+L)")
        self.loop.setCheckable(True)
        self.time = self._number("00:00.000", "Time")
        self.frame = self._number("frame 00000 of 00000", "Frame")
        self.speed = QToolButton(self)
        self.speeds = QMenu(self.speed)
        self._lay_out()
        self._connect()
        self.render(None)

    def render(self, status: SessionStatus | None) -> None:  # type: ignore[override]
        """Show ``status``; None or a source that is not open yet disables everything, a live one all but freeze."""
        self._status = status
        info = status.info if status is not None else None
        there = status is not None and info is not None and status.phase not in _NOTHING
        seekable = there and info is not None and not info.live
        playing = status is not None and status.phase in _PLAYING
        live = info is not None and info.live
        self.play.setEnabled(there)
        for widget in (self.back, self.previous, self.next, self.forward, self.timeline, self.mark_in, self.mark_out):
            widget.setEnabled(seekable)
        self.loop.setEnabled(seekable)
        self.speed.setEnabled(seekable)
        self._draw(self.play, "pause" if playing else "play")
        action = ("Freeze" if live else "Pause") if playing else "Play"
        if self.play.accessibleName() != action:
            self.play.setAccessibleName(action)
            self.play.setToolTip(f"{action} (Space)")
        count = (info.frame_count or 0) if info is not None and seekable else 0
        index, pts_s = (status.index, status.pts_s) if status is not None and there else (-1, 0.0)
        first, last = (status.first, status.last) if status is not None else (None, None)
        self.timeline.render_position(index, count, first, last)
        self._set_text(self.time, clock(pts_s) if index >= 0 else "--:--.---")
        self._set_text(self.frame, self._frame_text(index, count, live))
        self._set_text(self.speed, f"{speed_text(status.speed if status is not None else 1.0)} ▾")
        self.loop.setChecked(status is not None and status.loop)

    @staticmethod
    def _frame_text(index: int, count: int, live: bool) -> str:
        if index < 0:
            return "no frame"
        if live:
            return f"live · frame {index + 1}"
        return f"frame {index + 1} of {count}" if count else f"frame {index + 1}"

    def _button(self, name: str, tip: str, *, repeat: bool = False) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(SMALL)
        self._draw(button, name)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0].split(";")[0])
        button.setAutoRepeat(repeat)
        button.setAutoRepeatInterval(60)
        return button

    def _number(self, widest: str, name: str) -> QLabel:
        label = QLabel(self)
        label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        label.setAccessibleName(name)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest) + 4)
        return label

    def _lay_out(self) -> None:
        self.play.setIconSize(QSize(24, 24))
        self.speed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.speed.setAutoRaise(True)
        self.speed.setToolTip("Speed ([ slower, ] faster, Backspace normal)")
        self.speed.setAccessibleName("Speed")
        self.speed.setMinimumWidth(self.speed.fontMetrics().horizontalAdvance("−0.125× ▾") + 16)
        for speed in SPEEDS:
            self.speeds.addAction(speed_text(speed)).triggered.connect(partial(self._ask_speed, speed))
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(2)
        for widget in (self.back, self.previous, self.play, self.next, self.forward):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(self.timeline, 1)
        layout.addSpacing(4)
        layout.addWidget(self.time)
        layout.addSpacing(10)
        layout.addWidget(self.frame)
        layout.addSpacing(6)
        for widget in (self.mark_in, self.mark_out, self.speed, self.loop):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self.play.clicked.connect(self.play_toggled)
        self.previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self.next.clicked.connect(lambda: self.step_requested.emit(1))
        self.back.clicked.connect(lambda: self.shuttled.emit(-1))
        self.forward.clicked.connect(lambda: self.shuttled.emit(1))
        self.timeline.seek_requested.connect(self.seek_requested)
        self.timeline.step_requested.connect(self.step_requested)
        self.timeline.range_requested.connect(self.range_requested)
        self.mark_in.clicked.connect(self._toggle_in)
        self.mark_out.clicked.connect(self._toggle_out)
        self.loop.clicked.connect(self._ask_loop)
        self.speed.clicked.connect(self._offer_speeds)

    def _offer_speeds(self) -> None:
        """Open the menu of speeds above its button, as there is no room below."""
        corner = self.speed.mapToGlobal(QPoint(0, 0))
        self.speeds.popup(corner - QPoint(0, self.speeds.sizeHint().height()))

    def _ask_speed(self, speed: float, _checked: bool = False) -> None:
        self.speed_requested.emit(speed)

    def _toggle_in(self) -> None:
        if self._status is not None:
            here = self._status.index
            self.range_requested.emit(None if self._status.first == here else here, self._status.last)

    def _toggle_out(self) -> None:
        if self._status is not None:
            here = self._status.index
            self.range_requested.emit(self._status.first, None if self._status.last == here else here)

    def _ask_loop(self, checked: bool) -> None:
        self.loop.setChecked(not checked)  # the session decides; the next status shows it
        self.loop_toggled.emit(checked)

    @staticmethod
    def _set_text(widget: QLabel | QToolButton, text: str) -> None:
        if widget.text() != text:
            widget.setText(text)

    def _draw(self, button: QToolButton, name: str) -> None:
        if button.property("glyph") != name:
            button.setProperty("glyph", name)
            button.setIcon(icon(name, self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button in self.findChildren(QToolButton):
                if button.property("glyph"):
                    button.setIcon(icon(button.property("glyph"), self.palette()))
