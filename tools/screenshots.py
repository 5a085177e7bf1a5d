"""Draw the README's pictures: the real window on our own scenes, grabbed into ``docs/images/``.

``make screenshots`` runs it on Qt's offscreen platform, so no display is needed and nothing depends on a window
manager. Frames are stepped to one by one, so every picture shows the same motion each time; only the rates and
latencies in the status line are those of the machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSettings
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from motionapp.settings import PRESETS, Settings, ViewMode, ViewSettings
from motionapp.types import Picture
from ui.app import choose_scheme
from ui.main_window import MainWindow
from ui.preferences import Preferences, Scheme

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE = (1280, 720)
TIMEOUT_S = 300.0  # the first start compiles the kernels


@dataclass(frozen=True)
class Shot:
    """One picture: the window, or a part of it, on frame ``last`` after showing every frame from ``first``."""

    name: str
    source: str
    first: int
    last: int
    mode: ViewMode = "arrows"
    scheme: Scheme = "light"
    part: Callable[[MainWindow], QWidget] | None = None


SHOTS = (
    Shot("window", "scene:moving-arm", 1, 33),
    Shot("colour", "scene:crossing", 1, 12, mode="colour", part=lambda window: window.stage.view),
    Shot("heat", "scene:rotation", 1, 6, mode="heat", part=lambda window: window.stage.view),
    Shot("dark", "scene:zoom", 1, 14, scheme="dark"),
    Shot("descent", "scene:moving-arm", 32, 33, part=lambda window: window.descent_plot),
)


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Let the window work until ``true()``; fail after :data:`TIMEOUT_S`."""
    deadline = time.monotonic() + TIMEOUT_S
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen in {TIMEOUT_S:.0f} s")
        QTest.qWait(10)


def take(shot: Shot, store: QSettings) -> Path:
    """Show the shot's source in a window of its own, step to its frame, and save what is seen."""
    store.clear()
    choose_scheme(shot.scheme)
    preferences = Preferences(store)
    preferences.settings = Settings(flow=PRESETS["balanced"], view=replace(ViewSettings(), mode=shot.mode))
    window = MainWindow(preferences, cameras=list)
    window.resize(*SIZE)
    window.show()
    latest: list[Picture] = []
    window.bridge.pictured.connect(lambda picture: latest.__setitem__(slice(None), [picture]))
    window.open(shot.source)
    wait_until(lambda: bool(latest), f"the first picture of {shot.source}")
    window.commands["pause"].trigger()
    for index in range(shot.first, shot.last + 1):
        window.playback.seek(index)
        wait_until(lambda index=index: latest[0].motion.frame.index == index, f"frame {index}")  # type: ignore[misc]
    wait_until(lambda: latest[0].motion.trace is not None, "a trace of the descent")
    window.bridge.refresh()
    QTest.qWait(300)  # plots redraw on their own timer
    path = save(window if shot.part is None else shot.part(window), shot.name)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return path


def save(widget: QWidget, name: str) -> Path:
    """Grab a widget from its window, with everything that lies over it, into the folder of pictures."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint(0, 0))
    picture: QPixmap = window.grab(QRect(corner, widget.size()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    if not picture.save(str(path)):
        raise OSError(f"{path} could not be written")
    return path


def main(names: list[str]) -> int:
    """Take the shots named, or all of them."""
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "screenshots.ini"), QSettings.Format.IniFormat)
        for shot in SHOTS:
            if not names or shot.name in names:
                print(take(shot, store).relative_to(FOLDER.parent.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
