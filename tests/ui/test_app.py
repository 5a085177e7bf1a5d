"""The program as a process: it starts fast, says what goes wrong, and leaves cleanly at any moment."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from PySide6.QtCore import QTimer

from ui import faults
from ui.faults import Faults

ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "error", "QT_FATAL_WARNINGS": "0"}


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def caught(window):
    """Install the hooks in place of those of pytest."""
    faults = Faults(window.show_failure, window)
    faults.install()
    yield faults
    faults.remove()


def fail():
    raise ValueError("a mistake in the program")


def test_an_exception_in_a_slot_reaches_a_banner_and_the_log(qtbot, window, caught, caplog):
    QTimer.singleShot(0, window, fail)
    qtbot.waitUntil(lambda: bool(window.stage.banners.banners))
    failure = window.stage.banners.banners[0].failure
    assert failure.message == "Something went wrong: a mistake in the program"
    assert "Traceback" not in failure.message
    assert "Traceback" in failure.detail
    assert "a mistake in the program" in caplog.text


def test_an_exception_in_a_thread_reaches_a_banner(qtbot, window, caught):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(window.stage.banners.banners))
    assert "a mistake in the program" in window.stage.banners.banners[0].failure.detail


def test_an_exception_of_a_background_job_reaches_a_banner(qtbot, window):
    window.background.run("fail", fail)
    qtbot.waitUntil(lambda: bool(window.stage.banners.banners))
    assert window.stage.banners.banners[0].failure.message == "Could not fail: a mistake in the program"


def test_the_log_is_written_even_where_its_folder_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "new" / "log", tmp_path / "file"):
        handler = faults.open_log(folder)
        faults.LOG.warning("noted")
        faults.LOG.removeHandler(handler)
        handler.close()
    assert "noted" in (tmp_path / "new" / "log" / "motionapp.log").read_text()


UNCAUGHT = """
import threading
from PySide6.QtCore import QTimer

def test_slot(qtbot):
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(50)

def test_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""


def test_uncaught_exceptions_of_slots_and_threads_fail_tests_by_default(tmp_path, pytestconfig):
    test = tmp_path / "test_uncaught.py"
    test.write_text(UNCAUGHT)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        str(pytestconfig.inipath),
        "--rootdir",
        str(tmp_path),
        str(test),
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT, check=False)
    assert "2 failed" in result.stdout, result.stdout


# --- the process ------------------------------------------------------------------------------------------------------

#: Runs the app, triggers a command half-way to the given moment, closes the window then, and says when things happened.
DRIVER = """
import sys, time
from PySide6.QtCore import QTimer
from ui.app import run

source, seconds, command = sys.argv[1], float(sys.argv[2]), sys.argv[3]
heavy = sorted({"numba", "cv2", "av"} & set(sys.modules))

def shown(window):
    print("shown" if window.isVisible() else "hidden", time.monotonic(), *heavy, flush=True)
    if command:
        QTimer.singleShot(round(seconds * 500), window, window.commands[command].trigger)
    QTimer.singleShot(round(seconds * 1000), window, lambda: close(window))

def close(window):
    print("closing", time.monotonic(), flush=True)
    window.close()

sys.exit(run(source or None, shown=shown))
"""


def start(home, *words):
    """Start the app with a home of its own."""
    places = {
        name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    }
    command = [sys.executable, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env={**ENVIRONMENT, **places}, **pipes)


def finish(process):
    """Wait for the app; return the moments it printed, what it said at "shown", and the moment it ended."""
    out, err = process.communicate(timeout=60)
    ended = time.monotonic()
    complaints = [line for line in err.splitlines() if "This plugin does not support" not in line]
    assert (process.returncode, complaints) == (0, []), err
    lines = [line.split() for line in out.splitlines()]
    return {word: float(moment) for word, moment, *_ in lines}, lines[0][2:], ended


@pytest.mark.parametrize(
    ("source", "seconds", "command"),
    [("", 0.3, ""), ("scene:moving-arm", 0.05, ""), ("scene:moving-arm", 1.5, "record"), ("missing.mp4", 0.5, "")],
    ids=["start page", "opening", "compiling", "banner"],
)
def test_closing_at_any_moment_exits_0_within_3_seconds(tmp_path, source, seconds, command):
    process = start(tmp_path, "-c", DRIVER, source, str(seconds), command)
    moments, heavy, ended = finish(process)
    assert heavy == [], "the window must not wait for these to be imported"
    assert "shown" in moments
    assert ended - moments["closing"] < 3.0


def test_sigterm_closes_the_window_as_its_cross_would(tmp_path):
    process = start(tmp_path, "-c", DRIVER, "", "60", "")
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert (tmp_path / "motionapp" / "motionapp.ini").is_file()
    process.communicate()


def test_ctrl_c_ends_with_130(tmp_path):
    process = start(tmp_path, "-c", DRIVER, "", "60", "")
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    process.communicate()


#: Leaves a cycle of objects, lets another thread make many, and says on which thread the cycle died.
CYCLES = """
import gc, threading, time
from PySide6.QtCore import QObject
from ui.app import run

died_on = []

class Watched(QObject):
    def __del__(self):
        died_on.append(threading.current_thread().name)

def shown(window):
    watched = Watched()
    watched.itself = watched
    del watched
    busy = threading.Thread(target=lambda: [[] for _ in range(1_000_000)])
    busy.start()
    busy.join()
    before = len(died_on)
    gc.collect()
    print("closing", time.monotonic(), before, *died_on, flush=True)
    window.close()

raise SystemExit(run(None, shown=shown))
"""


def test_what_belongs_to_qt_dies_on_the_thread_of_the_window(tmp_path):
    _, said, _ = finish(start(tmp_path, "-c", CYCLES))
    assert said == ["0", "MainThread"]
