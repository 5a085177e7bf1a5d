"""Leads through a lecture: from scene to scene, and writes down new ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from motionapp.lectures.lecture import Lecture, LectureError, Scene, add_scene, bundled, read_lecture, scene_error
from motionapp.types import Failure

if TYPE_CHECKING:
    from ui.labs.window import LabWindow


class Lecturer(QObject):
    """Holds the lecture and the scene on show; problems become banners, and the lecture goes on."""

    def __init__(self, window: LabWindow) -> None:
        super().__init__(window)
        self._window = window
        self._script: Path | None = None  # where scenes are added
        self.lecture: Lecture | None = None
        self.at = -1

    @property
    def running(self) -> bool:
        """Whether a scene of a lecture is on show."""
        return self.at >= 0

    def start(self, path: Path | None = None) -> None:
        """Show the first scene of a script: the one named, the one at hand, or the bundled one."""
        known = None if self.lecture is None else self.lecture.path
        try:
            self.lecture = read_lecture(path or known or bundled())
        except LectureError as error:
            self._window.banners.add(Failure(str(error)))
            if self._window.bench.lab is None:
                self._window.show_lab("filters")
            return
        self._show(0)

    def next(self) -> None:
        """Show the next scene; outside a lecture, begin one."""
        if not self.running or self.lecture is None:
            self.start()
        elif self.at + 1 < len(self.lecture.scenes):
            self._show(self.at + 1)

    def previous(self) -> None:
        """Show the scene before."""
        if self.at > 0:
            self._show(self.at - 1)

    def leave(self) -> None:
        """Go on without the lecture, on what the main window plays."""
        self.at = -1
        self._window.foot.show_caption("", "")
        self._window.bench.feed.follow()

    def _show(self, index: int) -> None:
        """Show one scene. Its number is shown even where it fails, so that one can go on."""
        assert self.lecture is not None
        self.at, scene = index, self.lecture.scenes[index]
        self._window.foot.show_caption(scene.caption, f"scene {index + 1} of {len(self.lecture.scenes)}")
        bench = self._window.bench
        try:
            bench.show_scene(
                scene.lab, scene.parameters, scene.state, self.lecture.source_of(scene), scene.frame, scene.play
            )
        except ValueError as error:
            self._window.banners.add(Failure(str(scene_error(self.lecture, scene, str(error)))))
        except Exception as error:
            self._window.banners.add(Failure(str(scene_error(self.lecture, scene, f"lab cannot be shown: {error}"))))

    def add_scene(self) -> None:
        """Add what is on show to a script; which one is asked once."""
        if self._script is not None:
            self._add(self._script)
            return
        dialog = QFileDialog(self._window, "Add this scene to a lecture", "lecture.toml")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # it is added to, never replaced
        dialog.setNameFilters(["Lectures (*.toml)"])
        dialog.setDefaultSuffix("toml")
        dialog.fileSelected.connect(lambda name: self._add(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add(self, path: Path) -> None:
        bench = self._window.bench
        if bench.lab is None or bench.feed.view is None:
            return
        scene = Scene(
            lab=bench.lab.id,
            parameters=bench.parameters,
            source=bench.feed.uri,
            frame=bench.feed.view.frame.index,
            play=not bench.feed.frozen,
            caption=self._window.foot.caption.text(),
            state=bench.lab.state(),
        )
        try:
            count = add_scene(path, scene)
        except LectureError as error:
            self._window.banners.add(Failure(str(error)))
            return
        self._script = path
        self._window.foot.say(f"Added to {path.name} as scene {count}")
