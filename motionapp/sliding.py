"""Rates and medians over the last seconds."""

from __future__ import annotations

import statistics
from collections import deque


class SlidingWindow:
    """Values with the times they came at, forgotten after ``span_s``. For one thread at a time."""

    def __init__(self, span_s: float = 2.0) -> None:
        self._span_s = span_s
        self._entries: deque[tuple[float, float]] = deque()

    def add(self, clock_s: float, value: float = 0.0) -> None:
        """Note ``value`` at ``clock_s``, which only goes forward."""
        self._entries.append((clock_s, value))
        self._forget(clock_s)

    def rate_hz(self, clock_s: float) -> float:
        """Return entries per second in the window that ends at ``clock_s``; 0 with fewer than two."""
        self._forget(clock_s)
        if len(self._entries) < 2:
            return 0.0
        elapsed = self._entries[-1][0] - self._entries[0][0]
        return (len(self._entries) - 1) / elapsed if elapsed > 0 else 0.0

    def median(self, clock_s: float) -> float:
        """Return the median value in the window that ends at ``clock_s``; 0 if it is empty."""
        self._forget(clock_s)
        return statistics.median(value for _, value in self._entries) if self._entries else 0.0

    def _forget(self, clock_s: float) -> None:
        while self._entries and self._entries[0][0] < clock_s - self._span_s:
            self._entries.popleft()
