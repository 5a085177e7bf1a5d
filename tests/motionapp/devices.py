"""Fake devices that block, fail, freeze, vanish and return on command."""

from __future__ import annotations

import threading
import time

import numpy as np

from motionapp.sources import SourceError

#: Every way a device can go wrong.
FAULTS = ("block", "nothing", "stale", "raise", "fail", "gone")


class Plug:
    """Where a device is plugged in: ``mode`` is "flow" or one of :data:`FAULTS`, for the device and for opening it."""

    def __init__(self, size=(8, 6)):
        self.mode = "flow"
        self.size = size
        self.opened: list[Unit] = []
        self.number = 0
        self._released = threading.Event()

    def open(self):
        """Open a device, as far as the mode lets it."""
        if self.mode == "gone":
            raise SourceError("Fake camera cannot be opened.")
        if self.mode == "block":
            self._released.wait()
        unit = Unit(self)
        self.opened.append(unit)
        return unit

    def set(self, mode):
        """Change the mode; whoever was blocked goes on."""
        self.mode = mode
        released, self._released = self._released, threading.Event()
        released.set()

    def wait(self):
        """Block until the mode changes."""
        self._released.wait()


class Unit:
    """One opened device; notes any use by another thread than the one that opened it."""

    def __init__(self, plug):
        self.rate_hz = 200.0
        self.misused: list[str] = []
        self.closed = threading.Event()
        self._plug, self._thread = plug, threading.get_ident()

    def read(self):
        """Return a picture every 2 ms, or do what the mode says."""
        self._check("read")
        mode = self._plug.mode
        if mode == "block":
            self._plug.wait()
        if mode == "nothing":
            return None
        if mode == "raise":
            raise RuntimeError("driver says no")
        if mode in ("fail", "gone"):
            raise SourceError("Fake camera was unplugged.")
        threading.Event().wait(0.002)
        if mode != "stale":
            self._plug.number += 1
        width, height = self._plug.size
        image = np.full((height, width, 3), self._plug.number % 256, np.uint8)
        return image, time.monotonic()

    def close(self):
        """Note that the device was released."""
        self._check("close")
        self.closed.set()

    def _check(self, what):
        if threading.get_ident() != self._thread or self.closed.is_set():
            self.misused.append(what)
