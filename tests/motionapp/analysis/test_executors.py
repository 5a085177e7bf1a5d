import os
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from motionapp.analysis import executors
from motionapp.analysis.executors import dask_executor, process_pool
from motionapp.analysis.run import analyse
from motionapp.types import MotionError

from .moving import LIVE, contents, write_moving

RECIPE = replace(LIVE, video="arrows", plots=True)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two clips, one of them longer than a chunk, and the results of one process."""
    folder = tmp_path_factory.mktemp("clips")
    paths = [write_moving(folder / "long.mp4", 270), write_moving(folder / "short.mp4", 12)]
    analyse(paths, RECIPE, folder / "out")
    return paths, contents(folder / "out")


class Dying(ThreadPoolExecutor):
    """A pool whose process dies while it does the tasks of these numbers."""

    def __init__(self, *deaths):
        super().__init__(2)
        self._deaths, self._given = deaths, 0

    def submit(self, function, *arguments):
        self._given += 1
        if self._given in self._deaths:
            return super().submit(_die)
        return super().submit(function, *arguments)


def _die():
    raise BrokenExecutor("died")


def test_two_processes_give_the_same_bytes_and_one_killed_loses_nothing(tmp_path, clips):
    paths, expected = clips
    killed = []

    def kill(progress):
        if not killed and any(file.done > 20 for file in progress.files):
            killed.append(next(iter(pool._pool._processes)))
            os.kill(killed[0], signal.SIGKILL)

    with process_pool(2) as pool:
        results = analyse(paths, RECIPE, tmp_path, pool, kill)
    assert killed
    assert [result.state for result in results] == ["done", "done"]
    assert contents(tmp_path) == expected


def test_a_cluster_gives_the_same_bytes_and_a_worker_killed_loses_nothing(tmp_path, clips):
    distributed = pytest.importorskip("distributed")
    paths, expected = clips
    killed = []

    def kill(progress):
        if not killed and any(file.done > 20 for file in progress.files):
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        dask_executor(cluster.scheduler_address) as executor,
    ):
        results = analyse(paths, RECIPE, tmp_path, executor, kill)
    assert killed
    assert [(result.state, result.error) for result in results] == [("done", "")] * 2
    assert contents(tmp_path) == expected


def test_any_executor_gives_the_same_bytes(tmp_path, clips):
    paths, expected = clips
    with ThreadPoolExecutor(3) as executor:
        analyse(paths, RECIPE, tmp_path, executor)
    assert contents(tmp_path) == expected


def test_a_task_whose_process_dies_is_tried_three_times(tmp_path, clips):
    paths, expected = clips
    with Dying(1, 2, 5) as executor:
        results = analyse(paths, RECIPE, tmp_path / "twice", executor)
    assert [result.state for result in results] == ["done", "done"]
    assert contents(tmp_path / "twice") == expected
    with Dying(*range(1, 4)) as executor:
        (result,) = analyse(paths[1:], RECIPE, tmp_path, executor)
    assert result.state == "failed"
    assert "died 3 times" in result.error


def test_processes_end_with_their_parent(tmp_path):
    code = (
        "from motionapp.analysis.executors import ProcessPool\n"
        "import os\n"
        "if __name__ == '__main__':\n"
        "    pool = ProcessPool(1)\n"
        "    print(pool.submit(os.getpid).result(60), flush=True)\n"
        "    os._exit(9)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    # the pipe is closed when the last process that has it has ended
    output = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, timeout=60, text=True)
    assert int(output.stdout) > 0


def test_there_must_be_a_process():
    with pytest.raises(ValueError, match="1 or more, got 0"):
        executors.ProcessPool(0)


def test_cores_are_shared_out():
    with process_pool(2) as pool:
        assert pool.submit(_threads).result(60) == max(1, executors.cores() // 2)
        assert isinstance(pool._pool, ProcessPoolExecutor)


def _threads():
    from kernels import bands

    assert os.environ["OPENBLAS_NUM_THREADS"] == str(bands.workers())
    return bands.workers()


def test_without_dask_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MotionError, match=r"motionapp\[cluster\]"), dask_executor("tcp://127.0.0.1:1"):
        pass
