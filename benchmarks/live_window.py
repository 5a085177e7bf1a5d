"""The whole application, offscreen unless QT_QPA_PLATFORM says otherwise: what reaches the screen, and when."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

#: The first seconds fill buffers and caches; memory is judged after them.
SETTLING_S = 20.0


class Stopwatch:
    """Wraps a method of a class and notes how long each call took, and whatever ``after`` wants to note."""

    def __init__(self, kind: type, name: str, after: Callable[[Any], None] = lambda _self: None) -> None:
        self.times_s = array("d")
        inner = getattr(kind, name)

        def timed(*arguments: Any, **options: Any) -> Any:
            began = time.perf_counter()
            result = inner(*arguments, **options)
            self.times_s.append(time.perf_counter() - began)
            after(arguments)
            return result

        setattr(kind, name, timed)


class Heart:
    """Beats every 5 ms on the GUI thread and notes the longest time without a beat, and how rare long ones are."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.gaps_s = array("d")
        self._beat_s = 0.0  # 0: not yet
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def forget(self) -> None:
        """Begin to measure anew."""
        del self.gaps_s[:]

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._beat_s:
            self.gaps_s.append(now - self._beat_s)
        self._beat_s = now


class Screen:
    """What the GUI thread does for each picture, and when the picture is painted."""

    def __init__(self) -> None:
        import pyqtgraph as pg

        from ui.session_bridge import SessionBridge
        from ui.video_view import VideoView

        # Eight bytes a value: what is measured must not swell with the measurements
        self.latency_s, self.tick_s, self.arrows = array("d"), array("d"), array("d")
        self._waiting: list[Any] = []  # the picture that is set but not painted yet
        self._pulls = Stopwatch(SessionBridge, "_pull")
        Stopwatch(VideoView, "show_picture", self._set)
        self._paints = Stopwatch(pg.GraphicsView, "paintEvent", self._painted)

    def forget(self) -> None:
        """Begin to measure anew."""
        for noted in (self.latency_s, self.tick_s, self.arrows):
            del noted[:]

    def _set(self, arguments: Any) -> None:
        self._waiting[:] = [arguments[1]]

    def _painted(self, _arguments: Any) -> None:
        if self._waiting:
            picture = self._waiting.pop()
            self.latency_s.append(time.monotonic() - picture.motion.frame.captured_s)
            self.tick_s.append(self._pulls.times_s[-1] + self._paints.times_s[-1])
            self.arrows.append(len(picture.arrows.corners))


#: Starts something in ``(app, window)``, and returns what tells its own figures in the end.
Beginning = Callable[[Any, Any], Callable[[], dict[str, float]]]


def run(minutes: float, begin: Beginning = lambda _app, _window: dict) -> dict[str, float]:
    """Show a live 640×480 source at 30 fps with 1,200 arrows in the main window.

    ``begin`` is called once arrows are there. Returns capture-to-screen latency, the GUI thread's work per picture, the
    longest time its event loop did not come round, frames and memory.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    app.setStyle("Fusion")
    screen, heart = Screen(), Heart()
    with tempfile.TemporaryDirectory() as folder:
        window = live_window(Path(folder))
        until(app, lambda: bool(screen.arrows) and screen.arrows[-1] > 0, 300.0)
        heart.forget()
        finish = begin(app, window)
        settled_s = time.monotonic() + 3.0
        until(app, lambda: time.monotonic() > settled_s, 10.0)
        screen.forget()
        process, memory = psutil.Process(), []
        before, began = window.bridge.session.status(), time.monotonic()
        sampler = QTimer(interval=1000)
        sampler.timeout.connect(lambda: memory.append((time.monotonic() - began, process.memory_info().rss / 2**20)))
        sampler.start()
        until(app, lambda: time.monotonic() - began > 60.0 * minutes, 60.0 * minutes + 60.0)
        elapsed_s, after = time.monotonic() - began, window.bridge.session.status()
        sampler.stop()
        gaps_s, own = list(heart.gaps_s), finish()
        closing = time.monotonic()
        window.close()
        close_s = time.monotonic() - closing
    settled = [entry for entry in memory if entry[0] > min(SETTLING_S, 30.0 * minutes)]
    return {
        "processed_hz": (after.processed - before.processed) / elapsed_s,
        "dropped": after.dropped - before.dropped,
        "shown_hz": len(screen.latency_s) / elapsed_s,
        "arrows": statistics.median(screen.arrows),
        "capture_to_screen_p50_ms": 1000 * part(screen.latency_s, 0.5),
        "capture_to_screen_p95_ms": 1000 * part(screen.latency_s, 0.95),
        "tick_p50_ms": 1000 * part(screen.tick_s, 0.5),
        "tick_p95_ms": 1000 * part(screen.tick_s, 0.95),
        "gap_p99_ms": 1000 * part(gaps_s, 0.99),
        "longest_gap_ms": 1000 * max(gaps_s),
        "rss_mb": settled[-1][1],
        "rss_slope_mb_per_min": slope(settled) * 60,
        "minutes": minutes,
        "close_s": close_s,
        **own,
    }


def live_window(folder: Path) -> Any:
    """Return the main window on a paced scene in which everything moves, every arrow drawn."""
    from PySide6.QtCore import QSettings

    from benchmarks.paced import PacedScene
    from motionapp.live import LiveSession
    from motionapp.settings import Settings, ViewSettings
    from ui.main_window import MainWindow
    from ui.preferences import Preferences

    def opener(_uri: str, settings: Settings, _size: object) -> tuple[LiveSession, str]:
        session = LiveSession("paced", settings, opener=lambda _: PacedScene("translation", 30.0))
        session.start()
        return session, "camera:paced"

    preferences = Preferences(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    window = MainWindow(preferences, opener, lambda: [])
    window.change(Settings(view=ViewSettings(least_px=0.0)))
    window.resize(1280, 720)
    window.show()
    window.open("camera:paced")
    return window


def probe(spawned_s: float) -> None:
    """Start the application as a user does, on the moving arm, and print as JSON when what was seen.

    ``spawned_s`` is ``time.time()`` at the moment the process was started. Does not return if the application leaves at
    once, hence the print when its event loop ends.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from ui.app import run
    from ui.video_view import VideoView

    app = QApplication([])
    seen: dict[str, float] = {}
    heart = Heart()

    def note(name: str) -> None:
        seen.setdefault(name, time.time() - spawned_s)

    def set_picture(arguments: Any) -> None:
        note("picture_s")
        if len(arguments[1].arrows.corners) and "arrows_s" not in seen:
            note("arrows_s")
            seen["longest_gap_ms"] = 1000 * max(heart.gaps_s)
            QTimer.singleShot(500, app, app.closeAllWindows)

    def shown(_window: Any) -> None:
        note("window_s")
        heart.forget()

    Stopwatch(VideoView, "show_picture", set_picture)
    QTimer.singleShot(300_000, app, app.closeAllWindows)
    app.aboutToQuit.connect(lambda: print(json.dumps(seen), flush=True))
    run("scene:moving-arm", shown=shown)


def until(app: Any, condition: Callable[[], bool], timeout_s: float) -> None:
    """Run the event loop until ``condition()`` holds, asked every 20 ms."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, deadline = QEventLoop(), time.monotonic() + timeout_s
    timer = QTimer(interval=20)
    timer.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > deadline else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError("the window did not get there in time")


def part(values: Sequence[float], quantile: float) -> float:
    """Return a quantile of some values, NaN for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(quantile * len(ordered)))] if ordered else float("nan")


def slope(points: list[tuple[float, float]]) -> float:
    """Return the least-squares slope through ``(x, y)`` points; 0 for fewer than two."""
    if len(points) < 2:
        return 0.0
    xs, ys = zip(*points, strict=True)
    return statistics.linear_regression(xs, ys).slope
