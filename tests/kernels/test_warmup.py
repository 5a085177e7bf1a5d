import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kernels import _jit, confidence, flow, network, warmup
from kernels.descent import TraceRecorder
from kernels.energy import TERMS

SCRIPT = """
import numpy as np
from kernels import median, warmup
image = np.arange(35, dtype=np.float32).reshape(5, 7)
flow = np.stack([image, -image])
warmup.tasks = lambda: [("median", lambda: median.weighted_median(flow, image))]
print(warmup.warm_up())
print(median.weighted_median(flow, image).tolist())
"""


def start(folder):
    """Warm one kernel up in a new process with its cache in ``folder``; return the notice and the result."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    notice, result = run.stdout.splitlines()
    return notice, result


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """A cache folder after a first start."""
    folder = tmp_path_factory.mktemp("cache")
    notice, result = start(folder)
    assert notice == "None"
    return folder, result


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is moved by XDG_CACHE_HOME, which is Linux's")
@pytest.mark.parametrize("damage", ["truncated", "flipped", "checksums"])
def test_a_damaged_cache_is_made_anew_with_one_notice(sealed, damage):
    folder, expected = sealed
    if damage == "checksums":
        next(folder.rglob("checksums.json")).write_text("{")
    else:
        file = max(folder.rglob("*.nbc"), key=lambda file: file.stat().st_size)
        content = bytearray(file.read_bytes())
        if damage == "flipped":
            content[len(content) // 2] ^= 0x10
        else:
            del content[len(content) // 3 :]
        file.write_bytes(content)
    assert start(folder) == (warmup.RENEWED, expected)
    assert start(folder) == ("None", expected)


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is moved by XDG_CACHE_HOME, which is Linux's")
def test_files_of_an_interrupted_run_are_dropped_without_a_word(sealed):
    folder, expected = sealed
    stray = next(folder.rglob("*.nbc")).with_name("interrupted.nbc")
    stray.write_bytes(b"half")
    young = stray.with_name("of-another-process.nbc")
    young.write_bytes(b"half")
    os.utime(stray, (0, 0))
    assert start(folder) == ("None", expected)
    assert not stray.exists()
    assert young.exists()


def test_a_file_that_another_process_takes_away_is_not_sealed(tmp_path, monkeypatch):
    (tmp_path / "there.nbc").write_bytes(b"code")
    files = [tmp_path / "gone.nbc", tmp_path / "there.nbc"]
    monkeypatch.setattr(warmup, "_code_files", lambda folder: files)
    warmup._seal(tmp_path)
    assert list(json.loads((tmp_path / "checksums.json").read_text())) == ["there.nbc"]


def test_progress_counts_to_the_end():
    told = []
    assert warmup.warm_up(lambda *step: told.append(step)) is None
    done, totals, names = zip(*told, strict=True)
    assert list(done) == list(range(len(told)))
    assert set(totals) == {len(told) - 1}
    assert all(names[:-1])


def test_without_a_folder_it_runs_and_says_so(monkeypatch):
    monkeypatch.setattr(_jit, "CACHE_FOLDER", None)
    monkeypatch.setattr(warmup, "tasks", lambda: [])
    assert "every start takes longer" in warmup.warm_up()


def test_kernels_that_cannot_be_stored_run_uncached(monkeypatch, tmp_path):
    calls = []

    def failing():
        calls.append(1)
        if len(calls) < 3:
            raise OSError("disk full")

    monkeypatch.setattr(_jit, "CACHE_FOLDER", tmp_path)
    monkeypatch.setattr(_jit, "CORES", {})
    monkeypatch.setattr(warmup, "tasks", lambda: [("failing", failing)])
    assert str(tmp_path) in warmup.warm_up()
    assert len(calls) == 3


def test_checksums_name_every_cached_file(monkeypatch, tmp_path):
    monkeypatch.setattr(_jit, "CACHE_FOLDER", tmp_path)
    monkeypatch.setattr(warmup, "tasks", lambda: [])
    (tmp_path / "kernels_x").mkdir()
    warmup.warm_up()
    assert json.loads((tmp_path / "checksums.json").read_text()) == {}


def test_every_outer_core_is_reached_by_the_tasks_of_live_motion_or_of_the_labs():
    script = "from kernels import _jit, warmup; warmup.warm_up(); warmup.warm_up(labs=True); " + (
        "print([name for name, core in _jit.CORES.items() if name.endswith('_core') and not core.signatures])"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True)
    assert run.stdout.strip() == "[]"


def test_what_only_labs_use_is_not_compiled_for_live_motion():
    of_live, of_labs = ({name for name, _ in work()} for work in (warmup.tasks, warmup.lab_tasks))
    assert not of_live & of_labs
    assert warmup.warm_up(labs=True) is None


def test_live_motion_compiles_nothing_more_and_every_outer_core_once():
    warmup.warm_up()
    before = {name: len(core.signatures) for name, core in _jit.CORES.items()}
    first, second = np.random.default_rng(0).random((2, 60, 80), dtype=np.float32)
    for finest in (0, 1, 2):
        parameters = flow.Parameters(finest=finest, warps=1, iterations=2, beta=0.1)
        flow.estimate(first, second, parameters, initial=np.zeros((2, 60, 80)), trace=TraceRecorder(*TERMS))
    assert {name: len(core.signatures) for name, core in _jit.CORES.items()} == before
    assert all(count <= 1 for name, count in before.items() if name.endswith("_core"))


def test_every_core_of_the_kernels_is_ready_after_the_warm_up():
    warmup.warm_up()
    before = {name: len(core.signatures) for name, core in _jit.CORES.items()}
    rng = np.random.default_rng(0)
    first = np.kron(rng.random((30, 40), dtype=np.float32), np.ones((4, 4), np.float32))
    second = first.copy()
    second[40:80, 60:80], second[40:80, 20:40] = first[40:80, 20:40], first[40:80, 60:80]
    for settings in (flow.Parameters(), flow.Parameters(finest=2), flow.Parameters(finest=0)):
        found = flow.estimate(first, second, settings, initial=np.zeros((2, *first.shape)))
        flow.estimate(first, second, settings, trace=TraceRecorder(*TERMS))
        confidence.confidence(first, second, found)
    assert {name: len(core.signatures) for name, core in _jit.CORES.items()} == before


def test_training_and_recognition_compile_nothing_more():
    warmup.warm_up()
    before = {name: len(core.signatures) for name, core in _jit.CORES.items()}
    default = network.default(8, 3, "leaky", dropout=0.5)
    for net in (default, network.lenet5(), network.vgg_like(2, 4), network.mlp(2, 3, 2)):
        parameters, x = net.initial(0), np.zeros((9, *net.input_shape), np.float32)
        net.gradient(parameters, x, np.zeros(9, np.int64), rng=np.random.default_rng(0), shared=True)
        net.forward(parameters, x[:1])
    assert {name: len(core.signatures) for name, core in _jit.CORES.items()} == before
    of_networks = [name for name in before if name.split(".")[1] in ("convolution", "dense", "pooling")]
    assert len(of_networks) > 10
    assert all(before[name] >= 1 for name in of_networks if name.endswith("_core"))  # more after tests in float64
