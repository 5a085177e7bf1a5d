"""Run a core over horizontal bands of rows in one shared pool of threads.

Cores release the GIL, so plain threads suffice; Numba's own threading layers are not used (they abort
or spin when two Python threads enter them at once). A core writes each output row from inputs alone,
so the result is the same to the bit however the rows are cut.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

#: Below this many pixels a round trip to the pool costs more than the second core saves.
SMALLEST_SHARED_PIXELS = 40_000


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


_workers = max(1, min(8, _processors()))
_pool: ThreadPoolExecutor | None = None


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
    global _pool
    count = _workers if height * width >= SMALLEST_SHARED_PIXELS else 1
    (y0, y1), *rest = rows(height, count)
    if not rest:
        core(*arguments, y0, y1)
        return
    pool = _pool
    if pool is None:
        pool = _pool = ThreadPoolExecutor(max_workers=max(1, _workers - 1), thread_name_prefix="band")
    pending = [pool.submit(core, *arguments, *band) for band in rest]
    try:
        core(*arguments, y0, y1)
    finally:
        for future in pending:
            future.result()
