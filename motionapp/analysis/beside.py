"""Work beside work: reading ahead on a thread, and finishing behind on another, in order."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
_END = object()


class Ahead(Generic[Item]):
    """Iterate over ``items`` while a thread makes the next ones, at most ``depth`` of them."""

    def __init__(self, items: Iterable[Item], depth: int) -> None:
        self._items = items
        self._made: queue.Queue[Any] = queue.Queue(depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item]:
        while True:
            item, error = self._made.get()
            if error is not None:
                raise error
            if item is _END:
                return
            yield item

    def close(self) -> None:
        """Stop making items and wait for the thread; safe to call twice."""
        self._stop.set()
        while self._thread.is_alive():
            with self._made.mutex:
                self._made.queue.clear()
                self._made.not_full.notify()
            self._thread.join(0.02)

    def _make(self) -> None:
        try:
            for item in self._items:
                self._made.put((item, None))
                if self._stop.is_set():
                    return
            self._made.put((_END, None))
        except BaseException as error:  # raised where the items are used
            self._made.put((_END, error))


class Behind:
    """Call functions one after the other on a thread, at most ``depth`` of them waiting; the first error ends it."""

    def __init__(self, depth: int) -> None:
        self._pool = ThreadPoolExecutor(1, "behind")
        self._slots = threading.BoundedSemaphore(depth)
        self._failure: BaseException | None = None

    def do(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have a function called, after those given before.

        Raises
        ------
        Exception
            What an earlier one has raised; none is called after that.
        """
        self._slots.acquire()
        if self._failure is not None:
            self._slots.release()
            raise self._failure
        self._pool.submit(self._call, function, arguments)

    def finish(self) -> None:
        """Wait for all of them.

        Raises
        ------
        Exception
            What one of them has raised.
        """
        self._pool.shutdown()
        if self._failure is not None:
            raise self._failure

    def _call(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        try:
            if self._failure is None:
                function(*arguments)
        except BaseException as error:  # raised by do or finish
            self._failure = error
        finally:
            self._slots.release()


class Clocks:
    """How many seconds each kind of work took; each kind belongs to one thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, kind: str) -> Iterator[None]:
        """Add the time of the block to a kind."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[kind] = self.seconds.get(kind, 0.0) + time.perf_counter() - began
