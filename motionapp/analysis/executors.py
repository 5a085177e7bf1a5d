"""Who does the work of a run: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from motionapp.analysis.recipe import Recipe
from motionapp.types import MotionError

#: Libraries that would otherwise take every core in every process.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

#: The pyramid level that is a quarter of the size.
_QUARTER = 2


class ProcessPool(Executor):
    """Spawned processes that are made anew when one of them dies; tasks that were under way then fail as usual.

    The cores are shared out among the processes. They ignore Ctrl+C, which is their parent's to answer, and end when
    the parent does, however that ends.

    Parameters
    ----------
    jobs : int
        Number of processes.

    Raises
    ------
    ValueError
        If there would be none.

    Attributes
    ----------
    window : int
        Tasks it should be given at a time.
    """

    def __init__(self, jobs: int) -> None:
        if jobs < 1:
            raise ValueError(f"jobs must be 1 or more, got {jobs}")
        self._jobs, self.window = jobs, 2 * jobs
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Have ``function(*arguments, **options)`` called by a process."""
        if self._pool is None or getattr(self._pool, "_broken", False):
            self._renew()
        assert self._pool is not None
        return self._pool.submit(function, *arguments, **options)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; without ``wait`` also those that still work."""
        if self._pool is None:
            return
        working = [] if wait else list((getattr(self._pool, "_processes", None) or {}).values())
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures or not wait)
        for process in working:
            process.terminate()
        self._pool = None

    def _renew(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        share = max(1, cores() // self._jobs)
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self._jobs, context, initializer=_begin_process, initargs=(share,))


def cores() -> int:
    """Return how many cores this process may use."""
    with contextlib.suppress(AttributeError):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin_process(threads: int) -> None:
    """Make a new process one of several; nothing that counts threads has been imported yet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    share_cores(threads)


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def share_cores(threads: int) -> None:
    """Let this process compute with so many threads."""
    os.environ.update(dict.fromkeys(_THREADS, str(threads)))
    from kernels import bands

    bands.set_workers(threads)


@contextmanager
def this_process(recipe: Recipe) -> Iterator[None]:
    """Share out the cores of this process for the block, in which it works alone; yield what stands for it.

    Solved at quarter size, estimating takes no longer than decoding, measuring, drawing and writing do: one core is
    theirs, so that they do not break into what the estimator's threads do together.
    """
    from kernels import bands

    before = bands.workers()
    bands.set_workers(max(1, before - 1) if recipe.flow.finest >= _QUARTER else before)
    try:
        yield None
    finally:
        bands.set_workers(before)


@contextmanager
def process_pool(jobs: int) -> Iterator[ProcessPool]:
    """Yield processes for the block; those that still work at its end are ended, which loses nothing."""
    pool = ProcessPool(jobs)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False)


#: Tasks a cluster is given at a time, at least; workers may join it later.
_LEAST_WINDOW = 32


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """Yield the executor of a Dask cluster for the block.

    Its workers must have motionapp installed, and see the files and the folder of the results under the same names.
    Each computes with as many threads as Dask gave it. A worker that dies has its tasks done by another.

    Parameters
    ----------
    address : str
        Of the scheduler: tcp://HOST:PORT.

    Raises
    ------
    MotionError
        If ``dask.distributed`` is not installed or no cluster answers.
    """
    try:
        import distributed
    except ImportError:
        raise MotionError("A cluster needs dask.distributed: pip install 'motionapp[cluster]'.") from None
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError, TimeoutError) as error:
        raise MotionError(f"No Dask scheduler answers at {address} ({str(error).rstrip('.')}).") from None
    with client:
        client.register_plugin(_cores_plugin(distributed), name="motionapp")
        executor = client.get_executor(pure=False)
        executor.window = max(_LEAST_WINDOW, 2 * sum(client.nthreads().values()))
        yield executor


def _cores_plugin(distributed: Any) -> Any:
    """Return what makes every worker of a cluster, now and later, use its own share of the cores."""

    class Cores(distributed.WorkerPlugin):
        def setup(self, worker: Any) -> None:
            share_cores(worker.state.nthreads)

    return Cores()
