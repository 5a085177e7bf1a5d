"""A device that may block, fail or freeze, watched from outside: its frames, or word within half a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from motionapp.latest import Latest
from motionapp.sources import SourceError, SourceInfo, SourceKind
from motionapp.types import Array, Frame, MotionError

#: Threads blocked in a device at most; more attempts wait until one of them returns.
_MOST_BLOCKED = 3

#: Pause after a device had nothing, so that one that answers at once does not keep a core busy.
_IDLE_S = 0.01


class Device(Protocol):
    """A camera or stream; opened, read and closed by one and the same thread. Any call may block for ever."""

    rate_hz: float

    def read(self) -> tuple[Array, float] | None:
        """Return ``(H, W, 3)`` uint8 RGB and ``time.monotonic()`` at its capture; None if there was none this time.

        Raises
        ------
        SourceError
            If there will be none any more.
        """

    def close(self) -> None:
        """Release the device."""


class Watching(NamedTuple):
    """Times in s: a device may take ``open_s`` to open and ``stall_s`` to show something new.

    :meth:`Watched.read` takes ``wait_s`` at most; before each attempt to reconnect there is a pause of ``pause_s``,
    then twice, four and eight times that.
    """

    open_s: float = 10.0
    stall_s: float = 2.0
    wait_s: float = 0.5
    pause_s: float = 0.5


class Watched:
    """A live source over a :class:`Device` on a thread of its own.

    :meth:`read` waits half a second at most. A device that sends nothing, or the same picture, for
    ``stall_s`` or that fails is abandoned to its thread, which closes it whenever the device lets go of it (closing
    a device another thread is blocked in crashes); then it is opened anew until it answers, with growing pauses.
    A picture that is still the same after opening anew is a still picture, and is left in peace.

    Parameters
    ----------
    open_device : callable
        Opens the device and returns it; raises SourceError if it is not there.
    name, uri, kind : str
        For :attr:`info` and messages.
    watching : Watching
        Time limits.

    Attributes
    ----------
    notice : str or None
        What is wrong at present.

    Raises
    ------
    SourceError
        If the device cannot be opened or shows nothing within ``open_s``.
    """

    def __init__(
        self,
        open_device: Callable[[], Device],
        name: str,
        uri: str,
        kind: SourceKind,
        watching: Watching = Watching(),  # noqa: B008 - immutable
    ) -> None:
        self._open_device, self._name, self._watching = open_device, name, watching
        self.notice: str | None = None
        self._closing = threading.Event()
        self._blocked: list[_Owner] = []
        self._attempts = 0
        self._retry_s = 0.0
        self._silence_s = 0.0
        self._count = 0
        self._still: Array | None = None
        self._owner: _Owner | None = self._start()
        first = self._owner.box.take(watching.open_s)
        if first is None:
            failure = self._owner.failure or f"{name} did not answer within {watching.open_s:g} s."
            self.close()
            raise SourceError(failure)
        self._first: tuple[Array, float] | None = first
        self._shape = first[0].shape
        self._began_s = first[1]
        height, width = self._shape[:2]
        self.info = SourceInfo(name, uri, kind, width, height, self._owner.rate_hz)

    @property
    def waiting(self) -> bool:
        """Whether frames may still come, although :meth:`read` returned None."""
        return not self._closing.is_set()

    def read(self) -> Frame | None:
        """Return the newest frame; None if none came within half a second (then ``notice`` may say why)."""
        owner = self._owner
        if self._closing.is_set():
            return None
        if owner is None:
            self._reconnect()
            return None
        taken, self._first = self._first or owner.box.take(self._watching.wait_s), None
        if self._closing.is_set():
            return None
        trouble = self._trouble(owner, taken)
        if trouble:
            self._lose(owner, trouble)
            return None
        if taken is None:
            return None
        self.notice, self._attempts, self._silence_s = None, 0, 0.0
        image, captured_s = taken
        frame = Frame(self._count, captured_s - self._began_s, image, captured_s)
        self._count += 1
        return frame

    def seek(self, index: int) -> None:
        """Raise SourceError: what was live is gone."""
        raise SourceError(f"{self._name} is live and cannot be wound back.")

    def pts(self, index: int) -> float:
        """Raise SourceError: times are known only as frames come."""
        raise SourceError(f"{self._name} is live: the times of its frames are not known beforehand.")

    def close(self) -> None:
        """Let go of the device, waiting for it half a second at most; safe to call twice and from any thread."""
        self._closing.set()
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.abandon()
            owner.join(self._watching.wait_s)

    def _trouble(self, owner: _Owner, taken: tuple[Array, float] | None) -> str | None:
        """Return what is wrong with the device, None if nothing is (yet).

        Silence is counted in waits, not by the clock: a suspended computer proves nothing.
        """
        if taken is None:
            if owner.failure:
                return owner.failure
            self._silence_s += self._watching.wait_s
            limit_s = self._watching.stall_s if owner.answered else self._watching.open_s
            return f"{self._name} stopped responding." if self._silence_s >= limit_s else None
        image, _ = taken
        if image.shape != self._shape:
            self.notice = f"{self._name} has changed to {image.shape[1]}×{image.shape[0]} px: open it again."
            return self.notice
        if owner.same_s >= self._watching.stall_s and not _same(image, self._still):
            self._still = image
            return f"{self._name} shows the same picture over and over."
        return None

    def _lose(self, owner: _Owner, trouble: str) -> None:
        """Abandon the device and say so, once per outage; plan the next attempt."""
        owner.abandon()
        self._blocked.append(owner)
        self._owner = None
        self.notice = self.notice or f"{trouble} Reconnecting…"
        self._retry_s = time.monotonic() + self._watching.pause_s * 2 ** min(self._attempts, 3)
        self._attempts += 1

    def _reconnect(self) -> None:
        """Open the device anew; where it is not time to, or too many threads are blocked in it, wait a while."""
        self._blocked = [owner for owner in self._blocked if owner.is_alive()]
        wait_s = self._watching.wait_s
        pause_s = wait_s if len(self._blocked) >= _MOST_BLOCKED else self._retry_s - time.monotonic()
        if (
            self._closing.wait(min(max(pause_s, 0.0), wait_s))
            or pause_s > wait_s
            or len(self._blocked) >= _MOST_BLOCKED
        ):
            return
        self._owner = owner = self._start()
        if self._closing.is_set():  # meanwhile
            owner.abandon()

    def _start(self) -> _Owner:
        self._silence_s = 0.0
        owner = _Owner(self._open_device, self._name)
        owner.start()
        return owner


class _Owner(threading.Thread):
    """The one thread that opens, reads and closes a device; its pictures wait in ``box``."""

    def __init__(self, open_device: Callable[[], Device], name: str) -> None:
        super().__init__(name=f"read {name}", daemon=True)
        self._open_device, self._device_name = open_device, name
        self._abandoned = threading.Event()
        self._last: Array | None = None
        self.box: Latest[tuple[Array, float]] = Latest()
        self.failure: str | None = None
        self.rate_hz = 0.0
        self.answered = False
        self.same_s = 0.0
        self._changed_s = 0.0

    def abandon(self) -> None:
        """Ask the thread to close its device when it can; nobody listens to it any more."""
        self._abandoned.set()
        self.box.close()

    def run(self) -> None:
        try:
            device = self._open_device()
            try:
                self.rate_hz = device.rate_hz
                while not self._abandoned.is_set():
                    self._pass_on(device.read())
            finally:
                device.close()
        except MotionError as error:
            self.failure = str(error)
        except Exception as error:  # a driver may raise anything; the reader must hear of it
            self.failure = f"{self._device_name} failed: {error or type(error).__name__}."
        finally:
            self.box.close()

    def _pass_on(self, taken: tuple[Array, float] | None) -> None:
        if taken is None:
            self._abandoned.wait(_IDLE_S)
            return
        image, captured_s = taken
        if not _same(image, self._last):
            self._last, self._changed_s = image, captured_s
        self.same_s = captured_s - self._changed_s
        self.answered = True
        self.box.put(taken)


def _same(image: Array, other: Array | None) -> bool:
    """Whether two pictures are equal to the bit; a coarse look decides most cases."""
    if other is None or image.shape != other.shape:
        return False
    return np.array_equal(image[::16, ::16], other[::16, ::16]) and np.array_equal(image, other)
