"""A session without threads, and windows that remember nothing between tests."""

from __future__ import annotations

import gc
import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyqtgraph.util.garbage_collector import GarbageCollector
from PySide6.QtCore import QSettings

from motionapp import arrows, playback
from motionapp.latest import Latest
from motionapp.learning.classifier_status import ClassifierStatus
from motionapp.learning.importing import Imported
from motionapp.learning.samples import Recording, Samples
from motionapp.live import SessionStatus
from motionapp.settings import FlowSettings, Settings, TrainingSettings
from motionapp.sources import SourceInfo
from motionapp.types import Failure, Frame, Measures, Motion, Picture
from ui.app import COLLECT_S
from ui.main_window import MainWindow
from ui.preferences import Preferences

FRAMES = 90
_IDS = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says of every window what it cannot do; any other warning of Qt fails a test."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session", autouse=True)
def collector(qapp) -> Iterator[GarbageCollector]:
    """Look for cycles of objects on the GUI thread alone, as the app does."""
    collector = GarbageCollector(COLLECT_S)
    yield collector
    collector.timer.stop()
    gc.enable()


def make_picture(index: int, settings: Settings) -> Picture:
    """Return a small picture with a plain motion to the right."""
    image = np.full((48, 64, 3), index % 256, np.uint8)
    flow = np.zeros((2, 48, 64), np.float32)
    flow[0] = 2.0
    motion = Motion(Frame(index, index / 30, image), flow, np.ones((48, 64), np.float32), 1 / 30, settings)
    places = np.array([16.0, 32.0], np.float32)
    samples = arrows.Samples(places, places, np.full(2, 2.0, np.float32), np.zeros(2, np.float32))
    return Picture(motion, image, arrows.outline(samples, 0.13, 1 / 30), Measures(60.0, 60.0, 60.0, 60.0, 1.0, 1.0))


class FakeSession:
    """Keeps the rules of :mod:`motionapp.playback`, shows a picture when told to, and notes every call."""

    def __init__(self, uri: str, settings: Settings) -> None:
        self.uri, self.settings = uri, settings
        self.pictures: Latest[Picture] = Latest()
        self.failures: queue.SimpleQueue[Failure] = queue.SimpleQueue()
        self.calls: list[tuple[object, ...]] = []
        self.phase = ""
        self.preparing: tuple[int, int, str] | None = None
        self.held: FlowSettings | None = None
        self.recording: Path | None = None
        self.recorded: Path | None = None
        self.closed = self.tracing = False
        live = uri.startswith("camera:")
        kind = "camera" if live else "scene" if uri.startswith("scene:") else "video"
        count = None if live else FRAMES
        self.info = SourceInfo(Path(uri).name, uri, kind, 64, 48, 30.0, count, None if live else FRAMES / 30)
        self.state = playback.Playback(count=count, live=live, index=10)

    def show(self, index: int) -> None:
        """Let a picture arrive."""
        self.state = replace(self.state, index=index)
        self.pictures.put(make_picture(index, self.settings))

    def status(self) -> SessionStatus:
        state = self.state
        phase = self.phase or ("ended" if state.ended else "playing" if state.playing else "paused")
        return SessionStatus(
            phase=phase,
            info=None if phase in ("opening", "failed") else self.info,
            index=state.index if state.wanted is None else state.wanted,
            pts_s=(state.index or 0) / 30,
            speed=state.speed,
            first=state.first,
            last=state.last,
            loop=state.loop,
            source_hz=30.0,
            processed_hz=29.5,
            latency_ms=21.4,
            dropped=3,
            preparing=self.preparing,
            recording=self.recording,
            recorded=self.recorded,
            recorded_frames=7,
            held=self.held,
        )

    def time_of(self, index: int) -> float | None:
        """The rate varies: frames come ever later."""
        return index**2 / 300

    def apply(self, settings: Settings) -> None:
        self.settings = settings

    def play(self) -> None:
        self._change("play", playback.play)

    def pause(self) -> None:
        self._change("pause", playback.pause)

    def seek(self, index: int) -> None:
        self._change("seek", playback.seek, index)

    def seek_time(self, pts_s: float) -> None:
        self._change("seek_time", playback.seek_time, pts_s)

    def step_time(self, seconds: float) -> None:
        self._change("step_time", playback.step_time, seconds)

    def step(self, count: int) -> None:
        self._change("step", playback.step, count)

    def set_speed(self, speed: float) -> None:
        self._change("set_speed", playback.set_speed, speed)

    def set_range(self, first: int | None, last: int | None) -> None:
        self._change("set_range", playback.set_range, first, last)

    def set_loop(self, loop: bool) -> None:
        self._change("set_loop", playback.set_loop, loop)

    def start_recording(self, path: Path) -> None:
        self.calls.append(("start_recording", path))
        self.recording = path

    def stop_recording(self) -> None:
        self.calls.append(("stop_recording",))
        self.recording, self.recorded = None, self.recording

    def want_trace(self, on: bool) -> None:
        self.tracing = on

    def close(self, timeout_s: float = 2.0) -> bool:
        self.closed = True
        self.pictures.close()
        return True

    def _change(self, name: str, command: Callable[..., playback.Playback], *values: object) -> None:
        self.calls.append((name, *values))
        self.state = command(self.state, *values)


def make_recording(label: str, maps: int = 40, id: str = "") -> Recording:
    """Return a recording of a plain motion."""
    id = id or f"{label}-{next(_IDS)}"
    values = np.full((maps, 1, 36, 48), 0.2, np.float32)
    return Recording(id, label, values, np.arange(maps) / 30, "a scene", "2026-01-01T00:00:00+00:00", FlowSettings())


class FakeClassifier:
    """Keeps samples, notes every call, and is in whatever state a test puts it."""

    def __init__(self) -> None:
        self.state = ClassifierStatus(samples=Samples().with_class("Class 1").with_class("Class 2"))
        self.calls: list[tuple[object, ...]] = []
        self.seen: list[Motion] = []
        self.added: list[str] = []
        self.inside: tuple[tuple[str, np.ndarray], ...] = ()
        self.cancel_import = threading.Event()

    def put(self, **changes: object) -> None:
        """Change the status."""
        self.state = replace(self.state, **changes)

    def notice(self, text: str) -> None:
        """Have something to say."""
        self.put(notices=(*self.state.notices, text), noticed=self.state.noticed + 1)

    def status(self) -> ClassifierStatus:
        return replace(self.state, counts=self.state.samples.counts())

    def see(self, motion: Motion) -> None:
        self.seen.append(motion)

    def change(self, samples: Samples) -> None:
        self.calls.append(("change",))
        self.put(samples=samples)

    def edit(self, change: Callable[[Samples], Samples]) -> None:
        self.change(change(self.state.samples))

    def begin(self, label: str, source: str = "") -> None:
        self.calls.append(("begin", label))
        self.put(recording=label)

    def end(self) -> Recording | None:
        self.calls.append(("end",))
        label = self.state.recording
        if label is None:
            return None
        made = make_recording(label)
        self.added.append(made.id)
        self.put(recording=None, samples=self.state.samples.with_recording(made))
        return made

    def undo(self) -> bool:
        self.calls.append(("undo",))
        if self.added:
            self.put(samples=self.state.samples.without_recording(self.added.pop()))
            return True
        return False

    def configure(self, settings: TrainingSettings) -> None:
        self.calls.append(("configure", settings))
        self.put(settings=settings)

    def train(self) -> None:
        self.calls.append(("train",))
        self.put(phase="training")

    def stop(self) -> None:
        self.calls.append(("stop",))
        self.put(phase="idle")

    def step(self) -> None:
        self.calls.append(("step",))

    def set_threshold(self, threshold: float) -> None:
        self.calls.append(("set_threshold", threshold))
        self.put(threshold=threshold)

    def kernels(self) -> tuple[np.ndarray, ...]:
        return (np.ones((8, 8, 3, 3), np.float32),) if self.inside else ()

    def feature_maps(self) -> tuple[tuple[str, np.ndarray], ...]:
        return self.inside

    def save_project(self, path: Path) -> None:
        self.calls.append(("save_project", path))
        path.write_bytes(b"project")

    def open_project(self, path: Path) -> None:
        self.calls.append(("open_project", path))
        self.put(samples=Samples().with_class("opened"))

    def save_model(self, path: Path) -> None:
        self.calls.append(("save_model", path))
        path.write_bytes(b"model")

    def open_model(self, path: Path) -> None:
        self.calls.append(("open_model", path))

    def export_onnx(self, path: Path) -> None:
        self.calls.append(("export_onnx", path))
        path.write_bytes(b"onnx")

    def import_folder(self, path, progress, cancelled, flow) -> Imported:
        self.calls.append(("import_folder", path))
        progress(3, 7, "clap/b.mp4")
        while not cancelled() and not self.cancel_import.wait(0.005):
            pass
        return Imported((), (), cancelled())

    def close(self, timeout_s: float = 2.0) -> bool:
        self.calls.append(("close",))
        self.put(phase="idle")
        return True


class Sessions:
    """Opens fake sessions and remembers them, newest last."""

    def __init__(self) -> None:
        self.made: list[FakeSession] = []
        self.before: Callable[[str], None] = lambda uri: None

    def __call__(self, uri: str, settings: Settings, size: tuple[int, int] | None) -> tuple[FakeSession, str]:
        self.before(uri)
        self.made.append(FakeSession(uri, settings))
        return self.made[-1], uri

    @property
    def last(self) -> FakeSession:
        return self.made[-1]


@pytest.fixture
def store(tmp_path):
    """An ini file of its own, and a folder for recordings."""
    return QSettings(str(tmp_path / "motionapp.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def preferences(store, tmp_path):
    kept = Preferences(store)
    kept.choices = replace(kept.choices, recordings=tmp_path / "recordings")
    return kept


@pytest.fixture
def sessions():
    return Sessions()


@pytest.fixture
def make_window(qtbot, preferences, sessions) -> Iterator[Callable[..., MainWindow]]:
    """Make windows that are closed at the end, whatever the test did."""
    made: list[MainWindow] = []

    def make(**changes: object) -> MainWindow:
        window = MainWindow(
            preferences, **{"opener": sessions, "cameras": list, "classifier": FakeClassifier, **changes}
        )
        qtbot.addWidget(window)
        made.append(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    for window in made:
        window.close()


@pytest.fixture
def window(make_window):
    """An empty window with the start page."""
    return make_window()


@pytest.fixture
def open_source(qtbot, window, sessions):
    """Open a source and return the session that runs."""

    def open_and_wait(uri: str) -> FakeSession:
        window.open(uri)
        qtbot.waitUntil(lambda: window.bridge.session is not None)
        return sessions.last

    return open_and_wait


@pytest.fixture
def messages(window):
    """Return the messages on show, newest first."""
    return lambda: [banner.failure.message for banner in window.stage.banners.banners]


@pytest.fixture
def playing(qtbot, window, sessions):
    """A window that plays a fake clip, one picture shown."""
    window.open("scene:moving-arm")
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    sessions.last.show(10)
    qtbot.waitUntil(lambda: window.commands["snapshot"].isEnabled())
    sessions.last.calls.clear()
    return window
