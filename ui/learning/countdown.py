"""3, 2, 1, then record for a few seconds: for one person who has to stand before the camera."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

#: Seconds counted down, and one of these.
FROM, TICK_MS = 3, 1000

#: Seconds that can be recorded for.
DURATIONS_S = (2, 3, 5, 10, 20)


class Countdown(QObject):
    """Counts down and then holds a class for ``duration_s``.

    Signals
    -------
    began(int), ended()
        The class with this number is to be recorded; it is over.
    counted(int)
        So many seconds are left until it begins; 0 when nothing is counted any more.
    """

    began = Signal(int)
    ended = Signal()
    counted = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.duration_s = DURATIONS_S[1]
        self.number: int | None = None
        self._left = 0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def recording(self) -> bool:
        """Whether the counting is over and the class is held."""
        return self.number is not None and not self._left

    def start(self, number: int) -> None:
        """Count down for the class with this number; another countdown, or recording, is ended."""
        self.stop()
        self.number, self._left = number, FROM
        self._timer.start(TICK_MS)
        self.counted.emit(self._left)

    def stop(self) -> None:
        """End it now, whether it counts or records."""
        if self.number is None:
            return
        recording = self.recording
        self.number, self._left = None, 0
        self._timer.stop()
        self.counted.emit(0)
        if recording:
            self.ended.emit()

    def _tick(self) -> None:
        if self.recording:
            self.stop()
            return
        self._left -= 1
        self.counted.emit(self._left)
        if not self._left:
            assert self.number is not None
            self._timer.start(self.duration_s * TICK_MS)
            self.began.emit(self.number)
