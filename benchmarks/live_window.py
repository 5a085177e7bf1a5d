"""The whole application, offscreen unless QT_QPA_PLATFORM says otherwise: what reaches the screen, and when."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
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


def run(minutes: float) -> dict[str, float]:
    """Show a live 640×480 source at 30 fps with 1,200 arrows in the main window.

    Returns capture-to-screen latency, the GUI thread's work per picture, frames and memory.
    """
    import pyqtgraph as pg
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from benchmarks.paced import PacedScene
    from motionapp.live import LiveSession
    from motionapp.settings import Settings, ViewSettings
    from ui.main_window import MainWindow
    from ui.preferences import Preferences
    from ui.session_bridge import SessionBridge
    from ui.video_view import VideoView

    app = QApplication([])
    app.setStyle("Fusion")
    on_screen = array("d")  # eight bytes a value: what is measured must not swell with the measurements
    waiting: list[Any] = []  # the picture that is set but not painted yet
    arrows = array("d")
    ticks = array("d")  # work for one picture: taking it, handing it to every widget, painting it
    pulls = Stopwatch(SessionBridge, "_pull")

    def set_picture(arguments: Any) -> None:
        waiting[:] = [arguments[1]]

    def painted(_arguments: Any) -> None:
        if waiting:
            picture = waiting.pop()
            on_screen.append(time.monotonic() - picture.motion.frame.captured_s)
            arrows.append((picture.arrows.connect == 0).sum())
            ticks.append(pulls.times_s[-1] + paints.times_s[-1])

    Stopwatch(VideoView, "show_picture", set_picture)
    paints = Stopwatch(pg.GraphicsView, "paintEvent", painted)

    def opener(_uri: str, settings: Settings, _size: object) -> tuple[LiveSession, str]:
        settings = replace(settings, view=ViewSettings(least_px=0.0))
        session = LiveSession("paced", settings, opener=lambda _: PacedScene("translation", 30.0))
        session.start()
        return session, "camera:paced"

    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        window = MainWindow(preferences, opener, lambda: [])
        window.resize(1280, 720)
        window.show()
        window.open("camera:paced")
        until(app, lambda: bool(arrows) and arrows[-1] > 0, 300.0)
        window.change(replace(window.settings, view=ViewSettings(least_px=0.0)))
        process, memory = psutil.Process(), []
        began = time.monotonic()
        sampler = QTimer(interval=1000)
        sampler.timeout.connect(lambda: memory.append((time.monotonic() - began, process.memory_info().rss / 2**20)))
        until(app, lambda: time.monotonic() - began > 3.0, 10.0)
        for noted in (on_screen, arrows, ticks):
            del noted[:]
        sampler.start()
        before = window.bridge.session.status()
        began_run = time.monotonic()
        until(app, lambda: time.monotonic() - began_run > 60.0 * minutes, 60.0 * minutes + 60.0)
        elapsed_s = time.monotonic() - began_run
        after = window.bridge.session.status()
        sampler.stop()
        closing = time.monotonic()
        window.close()
        close_s = time.monotonic() - closing
    settled = [entry for entry in memory if entry[0] > min(SETTLING_S, 30.0 * minutes)]
    return {
        "processed_hz": (after.processed - before.processed) / elapsed_s,
        "dropped": after.dropped - before.dropped,
        "shown_hz": len(on_screen) / elapsed_s,
        "arrows": statistics.median(arrows),
        "capture_to_screen_p50_ms": 1000 * part(on_screen, 0.5),
        "capture_to_screen_p95_ms": 1000 * part(on_screen, 0.95),
        "tick_p50_ms": 1000 * part(ticks, 0.5),
        "tick_p95_ms": 1000 * part(ticks, 0.95),
        "rss_mb": settled[-1][1],
        "rss_slope_mb_per_min": slope(settled) * 60,
        "minutes": minutes,
        "close_s": close_s,
    }


def probe(spawned_s: float) -> dict[str, float]:
    """Start the application as a user does, on the moving arm, and note when what was seen; for a process of its own.

    ``spawned_s`` is ``time.time()`` at the moment the process was started.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from ui.app import run
    from ui.main_window import MainWindow
    from ui.video_view import VideoView

    app = QApplication([])
    seen: dict[str, float] = {"longest_gap_ms": 0.0, "picture_s": 0.0}
    last = [0.0]

    def shown(arguments: Any) -> None:
        seen["picture_s"] = seen["picture_s"] or time.time() - spawned_s
        if len(arguments[1].arrows.vertices) and "arrows_s" not in seen:
            seen["arrows_s"] = time.time() - spawned_s
            QTimer.singleShot(500, app, app.closeAllWindows)

    def beat() -> None:
        now = time.perf_counter()
        if "window_s" in seen and "arrows_s" not in seen:
            seen["longest_gap_ms"] = max(seen["longest_gap_ms"], 1000 * (now - last[0]))
        windows = [w for w in app.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if windows and "window_s" not in seen and windows[0].windowHandle().isExposed():
            seen["window_s"] = time.time() - spawned_s
        last[0] = now

    Stopwatch(VideoView, "show_picture", shown)
    heart = QTimer(interval=5)
    heart.timeout.connect(beat)
    heart.start()
    QTimer.singleShot(300_000, app, app.closeAllWindows)
    run("scene:moving-arm")
    return seen


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
