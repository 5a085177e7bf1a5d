"""A one-slot mailbox between two threads: the newest value wins, what it replaces is counted."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Hold the newest value only, so that a slow reader sees the present and memory stays flat."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self._put = 0
        self._dropped = 0

    def put(self, value: T) -> None:
        """Replace the value; an unread one is dropped and counted. Ignored after :meth:`close`."""
        with self._changed:
            if self._closed:
                return
            self._put += 1
            self._dropped += self._value is not None
            self._value = value
            self._changed.notify()

    def take(self, timeout_s: float | None = 0.0) -> T | None:
        """Remove and return the value, waiting up to ``timeout_s`` (None: for ever); None if there is none."""
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed, timeout_s)
            value, self._value = self._value, None
            return value

    def close(self) -> None:
        """Wake every waiting reader; later values are ignored."""
        with self._changed:
            self._closed = True
            self._value = None
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    @property
    def counts(self) -> tuple[int, int]:
        """Return how many values were put and how many of them were dropped unread."""
        with self._changed:
            return self._put, self._dropped
