"""Run a core over horizontal bands of rows in one shared pool of threads.

Cores release the GIL, so plain threads suffice; Numba's own threading layers are not used (they abort
or spin when two Python threads enter them at once). A core writes each output row from inputs alone,
so the result is the same to the bit however the rows are cut.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np

#: Below this many pixels a round trip to the pool costs more than the second core saves.
SMALLEST_SHARED_PIXELS = 40_000

#: The same where one round trip serves many passes.
SMALLEST_TOGETHER_PIXELS = 4_000


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


_workers = max(1, min(8, _processors()))
_pool: ThreadPoolExecutor | None = None
_together = Lock()


def _the_pool() -> ThreadPoolExecutor:
    """Return the pool, made when it is needed first."""
    global _pool
    pool = _pool
    if pool is None:
        pool = _pool = ThreadPoolExecutor(max_workers=max(1, _workers - 1), thread_name_prefix="band")
    return pool


def workers() -> int:
    """Return the number of bands an image is cut into, the calling thread's included."""
    return _workers


def set_workers(count: int) -> None:
    """Cut images into ``count`` bands from now on; 1 keeps everything on the calling thread.

    Raises
    ------
    ValueError
        If ``count`` is not positive.
    """
    global _workers, _pool
    if count < 1:
        raise ValueError(f"workers must be 1 or more, got {count}")
    if count != _workers:
        _workers, _pool = count, None


def rows(height: int, count: int) -> list[tuple[int, int]]:
    """Cut ``height`` rows into at most ``count`` bands ``(y0, y1)`` of nearly equal height."""
    count = max(1, min(count, height))
    edges = [height * i // count for i in range(count + 1)]
    return list(pairwise(edges))


def run(core: Callable[..., Any], *arguments: Any, height: int, width: int) -> None:
    """Call ``core(*arguments, y0, y1)`` for bands that cover ``height`` rows, and wait for all.

    The calling thread takes the first band itself. Exceptions of any band are raised here.
    """
    count = _workers if height * width >= SMALLEST_SHARED_PIXELS else 1
    (y0, y1), *rest = rows(height, count)
    pending = [_the_pool().submit(core, *arguments, *band) for band in rest]
    try:
        core(*arguments, y0, y1)
    finally:
        for future in pending:
            future.result()


def run_together(core: Callable[..., Any], *arguments: Any, height: int, width: int) -> None:
    """Call ``core(*arguments, counter, members, y0, y1)`` for bands that run at the same time, and wait for all.

    The cores may wait for one another, all at the same places, by :func:`kernels.barrier.meet` with ``counter`` and
    ``members``. One such call at a time has the pool, or two of them could each hold the thread that the other waits
    for; another that comes meanwhile does its work on its own thread.
    """
    count = _workers if height * width >= SMALLEST_TOGETHER_PIXELS else 1
    counter = np.zeros(1, np.int64)
    if count == 1 or height < 2 or not _together.acquire(blocking=False):
        core(*arguments, counter, 1, 0, height)
        return
    pending: list[Future[None]] = []
    try:
        (y0, y1), *rest = bands = rows(height, count)
        pending.extend(_the_pool().submit(core, *arguments, counter, len(bands), *band) for band in rest)
        core(*arguments, counter, len(bands), y0, y1)
    except BaseException:
        counter[0] = np.iinfo(np.int64).max // 2  # whoever waits for a band that never came goes on
        raise
    finally:
        for future in pending:
            future.result()
        _together.release()
