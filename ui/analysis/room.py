"""Everything about offline analysis in one window: what has been seen, what is drawn, the dialog, the results."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from motionapp.analysis.recipe import Recipe
from motionapp.settings import FlowSettings, Settings
from motionapp.types import Failure, Motion, MotionError, Picture
from ui.analysis.analyser import Analyser, ProcessAnalyser
from ui.analysis.controls import push_button
from ui.analysis.coverage import Coverage, strip_image
from ui.analysis.desk import Desk
from ui.analysis.entries import Entry, problems
from ui.analysis.markup import Markup
from ui.analysis.motiongram_view import MotiongramView
from ui.analysis.results_commands import ResultsCommands
from ui.background import Background
from ui.preferences import Preferences
from ui.source_on_show import SourceOnShow
from ui.stage import Stage
from ui.theme import Theme, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from motionapp.analysis.opened import OpenedResults
    from motionapp.live import SessionStatus
    from motionapp.motiongram import Axis, LiveMotiongram
    from ui.playback_commands import PlaybackCommands
    from ui.session_bridge import SessionBridge


class AnalysisRoom(QObject):
    """Lets pictures flow to what shows them over time, and wishes back.

    Signals
    -------
    panel_wanted(), dock_wanted(str)
        The panel of regions is to be shown; the dock of this command is.
    source_wanted(str)
        This file is to be opened.
    failed(Failure)
        Something to be told in a banner.
    folder_wanted(Path)
        The folder of this file is to be shown.
    """

    panel_wanted = Signal()
    dock_wanted = Signal(str)
    source_wanted = Signal(str)
    failed = Signal(object)
    folder_wanted = Signal(object)

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        background: Background,
        stage: Stage,
        settings: Callable[[], Settings],
        analyser: Callable[[int], Analyser] = ProcessAnalyser,
    ) -> None:
        super().__init__(window)
        self._stage, self._settings = stage, settings
        self._bridge: SessionBridge | None = None
        self._on_show: SourceOnShow | None = None
        self._actions: dict[str, QAction] = {}
        self._drawn: tuple[int, FlowSettings, Theme] | None = None
        self._axis: Axis | None = None
        self.uri = ""
        self.coverage = Coverage()
        self.gram: LiveMotiongram | None = None
        self.motiongram = MotiongramView(lambda: self.gram)
        self.markup = Markup(stage.view, preferences, self)
        self.results = ResultsCommands(window, background)
        self._status: SessionStatus | None = None
        self.desk = Desk(window, preferences, background, self.markup, settings, analyser)
        self.button = push_button("", "Open the Analyse dialog", flat=True)
        self.button.clicked.connect(self.desk.show)
        self.button.hide()

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        return {"analyse": self.analyse, "open_results": self.results.ask, "show_regions": self._toggle_regions}

    @property
    def docks(self) -> dict[str, QWidget]:
        """What stands in the dock of each command."""
        return {"show_motiongram": self.motiongram, "show_results": self.results.view}

    def watch(self, then: Callable[[Motion], None]) -> Callable[[Motion], None]:
        """Return what is shown every motion, on the thread that made it: the motiongram, then ``then``."""

        def see(motion: Motion) -> None:
            self._see_motion(motion)
            then(motion)

        return see

    def attend(self, bridge: SessionBridge, on_show: SourceOnShow, playback: PlaybackCommands) -> None:
        """Follow the source on show."""
        self._bridge, self._on_show = bridge, on_show
        bridge.pictured.connect(self._see)
        on_show.changed.connect(self._turn)
        on_show.told.connect(self._tell)
        self.results.view.seek_requested.connect(playback.seek_time)
        self.motiongram.looked.connect(partial(setattr, self, "_axis"))
        for failed in (self.markup.failed, self.results.failed):
            failed.connect(self.failed)
        self.markup.panel_wanted.connect(self.panel_wanted)
        self.markup.panel.analyse_wanted.connect(self.analyse)
        self.desk.draw_wanted.connect(self.panel_wanted)
        self.desk.open_requested.connect(self.results.open)
        self.desk.ended.connect(self._end)
        self.desk.progressed.connect(self._show_progress)
        self.results.shown.connect(self._take_results)
        self.results.source_wanted.connect(self.source_wanted)
        self.results.folder_wanted.connect(self.folder_wanted)

    def take(self, actions: dict[str, QAction]) -> None:
        """Take the window's actions."""
        self._actions = actions
        actions["show_regions"].setChecked(self.markup.seen)

    def analyse(self) -> None:
        """Open the dialog with the file on show and the range marked in it."""
        info = self._on_show.info if self._on_show else None
        status, session = self._status, self._bridge.session if self._bridge else None
        if info is None or info.kind != "video" or status is None or session is None:
            self.desk.show()
            return
        times = (None if mark is None else session.time_of(mark) for mark in (status.first, status.last))
        first, last = (None if time is None else round(time, 6) for time in times)
        self.desk.show(self.uri, (first or 0.0, last))

    def end_drawing(self) -> bool:
        """Put the tool back; return whether there was one in hand."""
        return self.markup.drawing.stop()

    def stop(self) -> None:
        """End an analysis that runs: the window is closing."""
        self.markup.drawing.stop()
        self.desk.runner.cancel()

    def _see_motion(self, motion: Motion) -> None:
        """Add a line to the motiongram while somebody looks; called on the compute thread."""
        axis = self._axis
        if axis is not None:
            if self.gram is None:
                from motionapp.motiongram import LiveMotiongram  # with OpenCV, which the window does without

                self.gram = LiveMotiongram()
            self.gram.look(axis)
            self.gram.see(motion)

    def _see(self, picture: Picture) -> None:
        motion = picture.motion
        if not motion.first or motion.frame.index == 0:
            self.coverage.add(motion.frame.index, motion.settings.flow)
        self.markup.follow(picture)
        self.results.view.set_cursor(motion.frame.pts_s)

    def _turn(self) -> None:
        """Take up another source, as soon as it is known what it is."""
        on_show = self._on_show
        assert on_show is not None
        uri = on_show.uri if on_show.info is not None else ""
        if uri == self.uri:
            return
        self.uri, self._status, self._drawn = uri, None, None
        info = on_show.info
        self.coverage = Coverage((info.frame_count or 0) if info is not None and not info.live else 0)
        if self.gram is not None:
            self.gram.clear()
        self.markup.turn_to(uri)
        self.results.turn_to(uri)

    def _tell(self, status: SessionStatus) -> None:
        self._status = status
        state = self.coverage.changes, self._settings().flow, theme(self._stage.palette())
        if state != self._drawn:
            self._drawn = state
            _, flow, colours = state
            shares = self.coverage.shares(flow)
            strip = strip_image(shares, QColor(colours.series[2]), QColor(colours.series[5]))
            self._stage.transport.timeline.render_coverage(strip)

    def _take_results(self, results: OpenedResults) -> None:
        self.dock_wanted.emit("show_results")
        try:
            recipe = Recipe.from_json(json.dumps(results.about.get("recipe")))
        except MotionError:
            return
        if self.results.is_of(results, self.uri):
            self._cover(recipe.flow, results)

    def _cover(self, flow: FlowSettings, results: OpenedResults) -> None:
        for table in results.tables.values():
            self.coverage.add(table.frames, flow)

    def _end(self, entries: tuple[Entry, ...]) -> None:
        """Say how a run has ended where the dialog does not, and note which frames are known now."""
        failed = problems(entries)
        if not self.desk.dialog.isVisible():
            if failed:
                self.failed.emit(Failure(f"Some files could not be analysed. {failed.splitlines()[0]}", failed))
            self.button.setText("Analysis ended: show")
            self.button.show()
        for entry in entries:
            if str(entry.path) == self.uri and entry.table is not None:
                self.results.read(entry.table, entry.path, partial(self._cover, self.desk.recipe_of(entry.path).flow))

    def _show_progress(self, text: str) -> None:
        if text:
            self.button.setText(text)
        self.button.setVisible(bool(text))

    def _toggle_regions(self) -> None:
        self.markup.see(not self.markup.seen)
        self._actions["show_regions"].setChecked(self.markup.seen)
