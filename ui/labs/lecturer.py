"""Leads through a lecture: from scene to scene, and writes down new ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from motionapp.lectures.lecture import (
    NAMED,
    Lecture,
    LectureError,
    Scene,
    add_scene,
    bundled,
    read_lecture,
    scene_error,
)
from motionapp.types import Failure

if TYPE_CHECKING:
    from ui.labs.window import LabWindow


#: The field for a caption is so many letters wide.
CAPTION_LETTERS = 84


class Lecturer(QObject):
    """Holds the lecture and the scene on show; problems become banners, and the lecture goes on."""

    def __init__(self, window: LabWindow) -> None:
        super().__init__(window)
        self._window = window
        self._script: Path | None = None  # where scenes are added
        self._onward = 1  # or −1: which way one goes
        self._left = False
        self._turning = False  # whether a scene is being put on show
        self._strayed = False  # whether another lab or page than the scene's was chosen by hand
        self.lecture: Lecture | None = None
        self.at = -1
        window.bench.applied.connect(self._look_where)

    @property
    def running(self) -> bool:
        """Whether a scene of a lecture is on show."""
        return self.at >= 0 and not self._left

    def start(self, path: Path | None = None) -> None:
        """Show the first scene of a script: the one named, the one at hand, or the bundled one."""
        known = None if self.lecture is None else self.lecture.path
        try:
            self.lecture, self.at = read_lecture(path or known or bundled()), -1
            self._show(0, 1)
        except LectureError as error:
            self._window.banners.add(Failure(str(error)))
        if self._window.bench.lab is None:
            self._window.show_lab("filters")

    def next(self) -> None:
        """Show the next scene; from elsewhere go back to the one that was left, or begin a lecture."""
        if self.lecture is None or self.at < 0:
            self.start()
        else:
            self._show(self.at if self._left or self._strayed else self.at + 1, 1)

    def previous(self) -> None:
        """Show the scene before, or the one that was left for another lab or page."""
        if self.running:
            self._show(self.at if self._strayed else self.at - 1, -1)

    def leave(self) -> None:
        """Go on without the lecture, on what the main window plays; the place is remembered."""
        if self.running:
            self._left = True
            self._window.foot.show_caption("", "")
            self._window.bench.feed.follow()

    def pass_over(self, text: str) -> None:
        """Go on to the scene behind the one on show, which cannot be; ``text`` says why, and begins with the key."""
        assert self.lecture is not None
        self._tell(self.lecture.scenes[self.at], text)
        self._show(self.at + self._onward, self._onward)

    def _show(self, index: int, onward: int) -> None:
        """Show one scene, or the next one that can be shown, in the direction one goes; if there is none, stay."""
        assert self.lecture is not None
        scenes = self.lecture.scenes
        while 0 <= index < len(scenes) and not self._shows(scenes[index]):
            index += onward
        if 0 <= index < len(scenes):
            self.at, self._onward, self._left, self._strayed = index, onward, False, False
            self._window.foot.show_caption(scenes[index].caption, self._place)

    @property
    def _place(self) -> str:
        assert self.lecture is not None
        return f"scene {self.at + 1} of {len(self.lecture.scenes)}"

    def _look_where(self, parameters: Any) -> None:
        """Take the caption away where another lab or page is chosen: it tells of the scene."""
        lab = self._window.bench.lab
        if self.lecture is None or lab is None or not self.running or self._turning or self._strayed:
            return
        scene = self.lecture.scenes[self.at]
        if (lab.id, _page(parameters)) != (scene.lab, _page(scene.parameters)):
            self._strayed = True
            self._window.foot.show_caption("", f"{self._place}, left")

    def _shows(self, scene: Scene) -> bool:
        """Show a scene if it can be; otherwise say why not."""
        assert self.lecture is not None
        source, turned = self.lecture.source_of(scene), (scene.mirror, scene.quarter_turns)
        self._turning = True
        try:
            self._window.bench.show_scene(
                scene.lab, scene.parameters, scene.state, source, scene.frame, scene.play, turned
            )
        except ValueError as error:
            self._tell(scene, str(error))
            return False
        except Exception as error:
            self._tell(scene, f"lab cannot be shown: {error}")
            return False
        finally:
            self._turning = False
        return True

    def _tell(self, scene: Scene, text: str) -> None:
        assert self.lecture is not None
        self._window.banners.add(Failure(str(scene_error(self.lecture, scene, text))))

    def add_scene(self) -> None:
        """Add what is on show to a script; which one is asked once, and each time what is to be said."""
        scene = self._scene_on_show()
        if scene is None:
            return
        if self._script is not None:
            self._ask_caption(self._script, scene)
            return
        dialog = QFileDialog(self._window, "Add this scene to a lecture", "lecture.toml")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # it is added to, never replaced
        dialog.setNameFilters(["Lectures (*.toml)"])
        dialog.setDefaultSuffix("toml")
        dialog.fileSelected.connect(lambda name: self._ask_caption(Path(name), scene))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _scene_on_show(self) -> Scene | None:
        """Return what is on show, if anything."""
        bench = self._window.bench
        lab, feed = bench.lab, bench.feed
        if lab is None or feed.view is None:
            return None
        mirror, quarter_turns = feed.orientation
        return Scene(
            lab=lab.id,
            parameters=bench.parameters,
            source=feed.uri if NAMED.match(feed.uri) else str(Path(feed.uri).resolve()),
            frame=feed.view.frame.index,
            play=not feed.frozen,
            mirror=mirror,
            quarter_turns=quarter_turns,
            caption=self._window.foot.caption.text() or lab.title,
            state=lab.state(),
        )

    def _ask_caption(self, path: Path, scene: Scene) -> None:
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(f"Add this scene to {path.name}")
        dialog.setLabelText("Caption: what is said in one sentence")
        dialog.setTextValue(scene.caption)
        dialog.sizeHint()  # makes its parts; it takes its width from them
        field = dialog.findChild(QLineEdit)
        assert field is not None
        field.setMinimumWidth(field.fontMetrics().averageCharWidth() * CAPTION_LETTERS)
        dialog.textValueSelected.connect(lambda text: self._add(path, replace(scene, caption=text)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add(self, path: Path, scene: Scene) -> None:
        try:
            count = add_scene(path, scene)
        except LectureError as error:
            self._window.banners.add(Failure(str(error)))
            return
        self._script = path
        self._window.foot.say(f"Added to {path.name} as scene {count}")


def _page(parameters: Any) -> str | None:
    """Return the page that parameters are of, where a lab has pages."""
    return getattr(parameters, "page", None)
