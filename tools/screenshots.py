"""Draw the README's pictures: the real window on our own scenes, grabbed into ``docs/images/``.

``make screenshots`` runs it on Qt's offscreen platform, so no display is needed and nothing depends on a window
manager. Frames are stepped to one by one, so every picture shows the same motion each time; only the rates and
latencies in the status line are those of the machine.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QRect, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from motionapp.lectures.lecture import parameters_of
from motionapp.settings import PRESETS, Settings, ViewMode, ViewSettings
from motionapp.types import Picture
from ui.app import choose_scheme
from ui.labs.window import LabWindow
from ui.main_window import MainWindow
from ui.opener import open_session
from ui.plots import DescentPlot
from ui.preferences import Preferences
from ui.session_bridge import SessionBridge

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
TIMEOUT_S = 120.0  # the first start compiles the kernels


@dataclass(frozen=True)
class Shot:
    """Frame ``last`` of a source after every frame from ``first``: the window, its video view, or the descent.

    Of a "lab" it is the one called as the shot is, standing at ``last``. For "classify" a sample of each source of
    :data:`TAUGHT` is recorded first, and learned.
    """

    name: str
    source: str
    first: int
    last: int
    mode: ViewMode = "arrows"
    part: Literal["window", "view", "descent", "classify", "lab"] = "window"
    size: tuple[int, int] = (1280, 720)


SHOTS = (
    Shot("window", "scene:moving-arm", 1, 33),
    Shot("colour", "scene:crossing", 1, 12, mode="colour", part="view", size=(720, 656)),
    Shot("heat", "scene:rotation", 1, 6, mode="heat", part="view", size=(720, 656)),
    Shot("classify", "scene:rotation", 60, 90, part="classify", size=(1280, 940)),
    Shot("lab_descent", "scene:moving-arm", 40, 40, part="lab"),
    Shot("lab_magnify", "scene:trembling", 220, 220, part="lab"),
    Shot("descent", "scene:moving-arm", 30, 33, part="descent", size=(900, 360)),
)

#: What is shown to the classifier: names of classes, and where their motion comes from.
TAUGHT = (("shift", "scene:translation"), ("turn", "scene:rotation"), ("wave", "scene:moving-arm"))
#: Frames recorded twice of each.
RECORDED = 60


def let_work(duration_ms: int) -> None:
    """Let the window and its threads work for a while; ``QTest.qWait`` would keep the GIL from them."""
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Let the window work until ``true()``; fail after :data:`TIMEOUT_S`."""
    deadline = time.monotonic() + TIMEOUT_S
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen in {TIMEOUT_S:.0f} s")
        let_work(10)


def shows(latest: list[Picture], index: int) -> bool:
    """Whether the newest picture is frame ``index`` with its motion."""
    return latest[0].motion.frame.index == index and not latest[0].motion.first


def take(shot: Shot, store: QSettings) -> Path:
    """Show the shot's source in a window of its own, step to its frame, and save what is seen."""
    if shot.part == "lab":
        return take_lab(shot)
    store.clear()
    preferences = Preferences(store)
    preferences.settings = Settings(flow=PRESETS["balanced"], view=replace(ViewSettings(), mode=shot.mode))
    window = MainWindow(preferences, cameras=list)
    window.show()
    if shot.part == "view":
        for name in ("show_panel", "show_motion", "show_descent"):
            window.commands[name].trigger()
    window.bridge.want_trace(shot.part != "view")
    if shot.part == "classify":
        teach(window)
    picture = play(window, shot)
    window.bridge.refresh()
    if shot.part != "descent":
        window.resize(*shot.size)  # as late as this: the start page is wider than the picture
    let_work(300)  # plots redraw on their own timer
    path = FOLDER / f"{shot.name}.png"
    save(descent_of(picture, shot) if shot.part == "descent" else window, shot, path)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return path


def take_lab(shot: Shot) -> Path:
    """Show a lab on one frame of the shot's source, and save what is seen."""
    window = LabWindow(SessionBridge(open_session))
    window.resize(*shot.size)
    window.show()
    name = shot.name.removeprefix("lab_")
    window.bench.show_scene(name, parameters_of(name), {}, shot.source, shot.last, False)
    wait_until(lambda: window.bench.settled, f"the lab {name}")
    let_work(300)
    path = FOLDER / f"{shot.name}.png"
    save(window, shot, path)
    window.close()
    return path


def play(window: MainWindow, shot: Shot) -> Picture:
    """Open the shot's source, step through its frames, and return the last picture shown."""
    latest: list[Picture] = []
    window.bridge.pictured.connect(lambda picture: latest.__setitem__(slice(None), [picture]))
    window.open(shot.source)
    wait_until(lambda: bool(latest) and not latest[0].motion.first, f"the first motion in {shot.source}")
    window.commands["pause"].trigger()
    window.motion_plot.clear()
    for index in range(shot.first, shot.last + 1):
        window.playback.seek(index)
        wait_until(partial(shows, latest, index), f"the motion that led to frame {index}")
    if shot.part in ("window", "descent"):
        wait_until(lambda: latest[0].motion.trace is not None, "a trace of the descent")
    return latest[0]


def teach(window: MainWindow) -> None:
    """Record every class twice by stepping through its source, then train, and bring the panel to the front."""
    room = window.classroom
    window.commands["show_classify"].trigger()
    window.commands["show_descent"].trigger()
    wait_until(lambda: len(room.panel.cards.cards) == 2, "the classes")
    window.commands["add_class"].trigger()
    for number, (name, source) in enumerate(TAUGHT, start=1):
        room.commands.rename_class(f"Class {number}", name)
        for first in (1, RECORDED + 1):
            play(window, Shot("", source, first, first, part="view"))
            room.commands.holding.press(number)
            step(window, first + 1, first + RECORDED)
            room.commands.holding.release()
    window.commands["show_label"].trigger()
    window.commands["train"].trigger()
    wait_until(room.panel.bars.isVisible, "the end of the training")
    window.docks.show_panel("Classify", room.panel.cards)


def step(window: MainWindow, first: int, last: int) -> None:
    """Step through frames of what is open."""
    for index in range(first, last + 1):
        window.playback.seek(index)
        wait_until(lambda index=index: window.bridge.session.status().index == index, f"frame {index}")
        wait_until(lambda index=index: window.on_show.picture.motion.frame.index == index, f"picture {index}")


def descent_of(picture: Picture, shot: Shot) -> DescentPlot:
    """Return the descent plot of a picture, larger than it is in the window."""
    plot = DescentPlot()
    plot.resize(*shot.size)
    assert picture.motion.trace is not None
    plot.show_trace(picture.motion.trace)
    plot.show()
    let_work(300)
    return plot


def save(widget: QWidget, shot: Shot, path: Path) -> None:
    """Grab a window, or the view in it with everything that lies over it, into a file."""
    area = widget.rect()
    if isinstance(widget, MainWindow) and shot.part == "view":
        view = widget.stage.view
        area = QRect(view.mapTo(widget, QPoint(0, 0)), view.size())
    path.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab(area).save(str(path)):
        raise OSError(f"{path} could not be written")


def use_large_screen(folder: str) -> None:
    """Have Qt's offscreen platform offer a screen the window fits on; by itself it is 800×800."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": 1920, "height": 1080}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    path = Path(folder) / "screens.json"
    path.write_text(json.dumps({"screens": [screen]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={path}"


def main(names: list[str]) -> int:
    """Take the shots named, or all of them."""
    with tempfile.TemporaryDirectory() as folder:
        use_large_screen(folder)
        app = QApplication(sys.argv[:1])
        app.setStyle("Fusion")
        choose_scheme("light")
        store = QSettings(str(Path(folder) / "screenshots.ini"), QSettings.Format.IniFormat)
        for shot in SHOTS:
            if not names or shot.name in names:
                print(take(shot, store).relative_to(FOLDER.parent.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
