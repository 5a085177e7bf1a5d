"""The window: puts the rooms together and lets settings, pictures and problems flow between them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent

from motionapp.settings import FlowSettings, Settings, ViewSettings
from motionapp.types import Failure
from ui.actions import enable, make_actions
from ui.analysis.room import AnalysisRoom
from ui.background import Background
from ui.docks import Docks
from ui.drop_window import DropWindow
from ui.flow_panel import FlowPanel
from ui.key_page import KeyPage
from ui.labs_commands import LabsCommands
from ui.learning.classifier_bridge import make_classifier
from ui.learning.classroom import Classroom
from ui.menus import fill_menu_bar, make_toolbar
from ui.opener import open_session
from ui.playback_commands import PlaybackCommands
from ui.plots import DescentPlot, MotionPlot
from ui.preferences import Choices, Preferences
from ui.preferences_dialog import PreferencesDialog
from ui.recording_commands import RecordingCommands
from ui.session_bridge import SessionBridge
from ui.shortcuts import ShortcutRule
from ui.source_commands import SourceCommands, find_cameras
from ui.source_on_show import SourceOnShow
from ui.stage import Stage
from ui.status_line import StatusLine
from ui.view_commands import ViewCommands
from ui.view_panel import ViewPanel

if TYPE_CHECKING:
    from motionapp.camera import CameraInfo
    from motionapp.learning.classifier import Classifier
    from motionapp.live import SessionStatus
    from ui.session_bridge import Opener

LOG = logging.getLogger("motionapp")

#: How long closing waits for sessions and files, altogether.
CLOSE_S = 2.0


class MainWindow(DropWindow):
    """Holds the one value of settings in force, and what is known of the source on show.

    Parameters
    ----------
    preferences : Preferences
        What is remembered between two starts.
    opener, cameras, classifier : callable
        Make a session of a URI; list the cameras; make the classifier. For tests.

    Signals
    -------
    scheme_chosen(str)
        Another colour scheme was chosen: "system", "light" or "dark".
    """

    scheme_chosen = Signal(str)

    def __init__(
        self,
        preferences: Preferences,
        opener: Opener | None = None,
        cameras: Callable[[], list[CameraInfo]] = find_cameras,
        classifier: Callable[[], Classifier] = make_classifier,
    ) -> None:
        super().__init__()
        self.setWindowTitle("motionapp")
        self.preferences, self.settings = preferences, preferences.settings
        self.unfinished = False
        self.background = Background(self)
        self.classroom = Classroom(self, preferences, self.background, classifier, self._source_name)
        self.stage, self.status_line = Stage(), StatusLine()
        self.analysis = AnalysisRoom(self, preferences, self.background, self.stage, lambda: self.settings)
        watch = self.analysis.watch(self.classroom.bridge.see)
        self.bridge = SessionBridge(opener or partial(open_session, watch=watch), self)
        self.flow_panel, self.view_panel = FlowPanel(), ViewPanel()
        self.motion_plot, self.descent_plot = MotionPlot(), DescentPlot()
        self.sources = SourceCommands(self, preferences, self.background, cameras)
        self.playback = PlaybackCommands(self.bridge)
        plots = self.motion_plot, self.descent_plot
        self.on_show = SourceOnShow(self.stage, self.status_line, plots, self.bridge, self.playback, preferences, self)
        self.recordings = RecordingCommands(
            self, preferences, self.background, self.bridge, lambda: self.on_show.picture
        )
        self.labs = LabsCommands(self, self.bridge, self.show_failure)
        self.commands = make_actions(self, self._handlers())
        self._lay_out()
        self._connect()
        self.rule = ShortcutRule(self, self.stage.view)
        self.classroom.take(self.commands)
        self.analysis.take(self.commands)
        self._render_settings()
        self.on_show.close()
        self.docks.restore(preferences)

    def _handlers(self) -> dict[str, Callable[[], None]]:
        views = ViewCommands(lambda: self.settings, self.change)
        docks = {name: lambda name=name: self.docks.toggle(name) for name in Docks.NAMES}
        return {
            **self.sources.handlers(),
            **self.playback.handlers(),
            **self.recordings.handlers(),
            **self.classroom.handlers(),
            **self.analysis.handlers(),
            **self.labs.handlers(),
            **views.handlers(),
            **docks,
            "close_source": self.on_show.close,
            "preferences": self.ask_preferences,
            "quit": lambda: (self.close(), None)[1],
            "fullscreen": lambda: self.set_full_screen(not self.docks.full_screen),
            "fit": self.stage.view.fit,
            "leave": self._leave,
            "reset_layout": self._reset_layout,
            "keys": self._show_keys,
        }

    def _lay_out(self) -> None:
        menus = fill_menu_bar(self.menuBar(), self.commands)
        self.sources.fill(menus)
        self.toolbar = make_toolbar(self, self.commands, menus)
        self.addToolBar(self.toolbar)
        self.setCentralWidget(self.stage)
        self.setStatusBar(self.status_line)
        panels = {"Motion": self.flow_panel, "View": self.view_panel, "Classify": self.classroom.panel}
        panels["Regions"] = self.analysis.markup.panel
        self.docks = Docks(self, panels, self.motion_plot, self.descent_plot, self.analysis.docks, self.commands)
        self.status_line.add_button(self.analysis.button)

    def _connect(self) -> None:
        stage, bridge = self.stage, self.bridge
        for chosen in (self.sources.chosen, stage.start.source_requested):
            chosen.connect(self.open)
        stage.start.open_requested.connect(self.sources.ask_file)
        stage.start.camera_requested.connect(self.sources.open_default_camera)
        for place in (stage.view, self):
            place.files_dropped.connect(self.sources.drop)
        stage.view.double_clicked.connect(self.commands["fullscreen"].trigger)
        for failed in (bridge.failed, self.background.failed, stage.start.background.failed, self.sources.failed):
            failed.connect(self.show_failure)
        for failed in (self.classroom.commands.failed, self.classroom.projects.failed, self.classroom.bridge.noticed):
            failed.connect(self.show_failure)
        self.analysis.failed.connect(self.show_failure)
        self.analysis.attend(bridge, self.on_show, self.playback)
        self.analysis.source_wanted.connect(self.open)
        self.analysis.folder_wanted.connect(self.recordings.show_folder)
        self.analysis.panel_wanted.connect(partial(self.docks.show_panel, "Regions"))
        self.analysis.dock_wanted.connect(self.docks.show_dock)
        self.on_show.changed.connect(self._enable)
        self.on_show.upright_wanted.connect(self._stand_upright)
        self.on_show.told.connect(self._tick)
        self.bridge.left.connect(self.recordings.note)
        self.playback.follow(stage.transport)
        self.motion_plot.seek_requested.connect(self.playback.seek_time)
        self.flow_panel.changed.connect(self._change_flow)
        self.flow_panel.hold_changed.connect(lambda on: self.change(replace(self.settings, hold_rate=on)))
        self.view_panel.changed.connect(self._change_view)
        self.docks.descent_seen.connect(bridge.want_trace)
        self.classroom.trace_wanted.connect(partial(bridge.want_trace, looker="classroom"))
        self.classroom.captioned.connect(stage.view.set_caption)
        self.classroom.wanted.connect(partial(self.docks.show_panel, "Classify"))
        self.classroom.offered.connect(stage.banners.add)
        self.on_show.traced.connect(self.classroom.panel.descents.motion.show_trace)
        self.status_line.cancelled.connect(self.on_show.close)
        self.status_line.folder_requested.connect(self.recordings.show_folder)
        for saved in (self.recordings.saved, self.classroom.projects.saved):
            saved.connect(self.status_line.show_saved)
        self.recordings.found_unfinished.connect(self._offer_recovery)

    # --- the source --------------------------------------------------------------------------------------------------

    def open(self, uri: str) -> None:
        """Open a source; the one on show is closed in the background."""
        self.on_show.open(uri, self.settings)
        self.stage.view.setFocus()

    def _stand_upright(self, mirror: bool) -> None:
        view = replace(self.settings.view, mirror=mirror, quarter_turns=0)
        if view != self.settings.view:
            self._apply(replace(self.settings, view=view))

    def _source_name(self) -> str:
        """Return the name of what can be recorded from, "" while there is no motion."""
        return self.on_show.info.name if self.on_show.info is not None and self.on_show.measured else ""

    def _enable(self) -> None:
        info, picture = self.on_show.info, self.on_show.picture
        enable(self.commands, source=info is not None, seekable=self.on_show.seekable, picture=picture is not None)
        self.classroom.enable()
        self.setWindowTitle("motionapp" if info is None else f"{info.name} — motionapp")

    def _tick(self, status: SessionStatus) -> None:
        self.recordings.note(status)
        self.commands["record"].setChecked(status.recording is not None)
        self.commands["loop"].setChecked(status.loop)

    # --- settings ----------------------------------------------------------------------------------------------------

    def change(self, settings: Settings) -> None:
        """Put ``settings`` in force: in the session, on every widget, and for the next start."""
        if self.on_show.uri.startswith("camera:") and settings.view.mirror != self.settings.view.mirror:
            self.preferences.choices = replace(self.preferences.choices, mirror_cameras=settings.view.mirror)
        self._apply(settings)

    def _apply(self, settings: Settings) -> None:
        self.settings = self.preferences.settings = settings
        self.bridge.apply(settings)
        self._render_settings()

    def _change_flow(self, flow: FlowSettings) -> None:
        self.change(replace(self.settings, flow=flow))

    def _change_view(self, view: ViewSettings) -> None:
        self.change(replace(self.settings, view=view))

    def _render_settings(self) -> None:
        settings = self.settings
        self.flow_panel.render(settings.flow, settings.preset, settings.hold_rate)
        self.view_panel.render(settings.view)
        for name in ("arrows", "colour", "heat", "off"):
            self.commands[name].setChecked(settings.view.mode == name)
        for name in ("live", "balanced", "accurate"):
            self.commands[name].setChecked(settings.preset == name)
        self.commands["mirror"].setChecked(settings.view.mirror)

    def ask_preferences(self) -> None:
        """Show the preferences; they count from the moment they are accepted."""
        dialog = PreferencesDialog(self.preferences.choices, self.recordings.default_folder(), self)
        dialog.chosen.connect(self._choose)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose(self, choices: Choices) -> None:
        self.preferences.choices = choices
        self.scheme_chosen.emit(choices.scheme)

    # --- the window --------------------------------------------------------------------------------------------------

    def show_failure(self, failure: Failure) -> None:
        """Show a problem in a banner, and write it down."""
        LOG.warning("%s %s", failure.message, failure.detail)
        self.stage.banners.add(failure)

    def _offer_recovery(self, part: Path) -> None:
        message = f"The recording {part.name} was left unfinished."
        self.stage.banners.add(Failure(message), ("Recover", lambda: self.recordings.recover(part)))

    def set_full_screen(self, on: bool) -> None:
        """Show nothing but the picture, or everything again."""
        self.stage.set_bare(on)
        self.docks.set_full_screen(on, [self.menuBar(), self.toolbar, self.status_line])
        self.commands["fullscreen"].setChecked(on)

    def _show_keys(self) -> None:
        page = self.findChild(KeyPage) or KeyPage(self)
        page.show()
        page.raise_()

    def _leave(self) -> None:
        if self.analysis.end_drawing():
            return
        self.classroom.commands.cancel()
        self.set_full_screen(False)
        self.stage.view.setFocus()

    def _reset_layout(self) -> None:
        self.set_full_screen(False)
        self.docks.reset()
        self.preferences.forget_layout()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, finish files, stop every thread; after :data:`CLOSE_S` stuck ones are left behind."""
        deadline = time.monotonic() + CLOSE_S
        self.docks.keep(self.preferences)
        self.preferences.sync()
        self.hide()
        self.rule.detach()
        self.analysis.stop()
        shut = self.labs.shut() & self.classroom.shut(CLOSE_S)
        shut &= self.bridge.shut(max(0.1, deadline - time.monotonic()))
        shut &= self.background.shut(max(0.1, deadline - time.monotonic()))
        self.unfinished = not shut
        event.accept()
