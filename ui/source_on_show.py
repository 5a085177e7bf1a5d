"""The source on show: from the wish to open it, through its pictures and figures, to the start page again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from motionapp.settings import Settings
from motionapp.types import Failure, Picture
from ui.naming import source_name
from ui.opener import AUTO
from ui.playback_commands import PlaybackCommands
from ui.plots import DescentPlot, MotionPlot
from ui.preferences import Preferences
from ui.session_bridge import SessionBridge
from ui.stage import Stage
from ui.status_line import StatusLine

if TYPE_CHECKING:
    from kernels.descent import DescentTrace
    from motionapp.live import SessionStatus
    from motionapp.sources import SourceInfo


END = "The end: the last frame stays."


class SourceOnShow(QObject):
    """Knows what is open and lets stage, plots and status line show it.

    Signals
    -------
    changed()
        Another source, its properties, its first picture or motion: other commands make sense now.
    upright_wanted(bool)
        A source begins and its picture should stand upright; mirrored if true.
    told(SessionStatus)
        The session's status, after it was shown.
    traced(DescentTrace | None)
        The newest descent of the motion field; None with another source.
    """

    changed = Signal()
    upright_wanted = Signal(bool)
    told = Signal(object)
    traced = Signal(object)

    def __init__(
        self,
        stage: Stage,
        status_line: StatusLine,
        plots: tuple[MotionPlot, DescentPlot],
        bridge: SessionBridge,
        playback: PlaybackCommands,
        preferences: Preferences,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._stage, self._status_line, self._preferences = stage, status_line, preferences
        self._motion_plot, self._descent_plot = plots
        self._bridge, self._playback = bridge, playback
        self.uri = ""
        self.info: SourceInfo | None = None
        self.picture: Picture | None = None
        self.measured = False  # whether there has been a motion, and not only pictures
        self._trace: DescentTrace | None = None
        self._ended = False
        bridge.opened.connect(self._opened)
        bridge.refused.connect(lambda _uri: self.close())
        bridge.pictured.connect(self._show)
        bridge.status_changed.connect(self._tell)

    @property
    def seekable(self) -> bool:
        """Whether frames can be asked for again."""
        return self.info is not None and not self.info.live

    def open(self, uri: str, settings: Settings) -> None:
        """Open a source; the one before is closed in the background."""
        self._forget()
        self.uri = uri
        name = source_name(uri)
        self._stage.show_opening(name)
        self._stage.transport.render(None)
        self._status_line.show_opening(name)
        self._bridge.open(uri, settings, self._preferences.choices.camera_size)
        self._stand_upright()

    def close(self) -> None:
        """Close the source, or stop opening it, and show the start page."""
        self._bridge.close_source()
        self._forget()
        self._stage.show_start(self._preferences.recent)
        self._status_line.show_idle()

    def _forget(self) -> None:
        self._mark_end(False)
        self.uri, self.info, self.picture, self._trace = "", None, None, None
        self.measured = False
        self._motion_plot.set_duration(None)
        self._descent_plot.show_trace(None)
        self.traced.emit(None)
        self.changed.emit()

    def _opened(self, uri: str) -> None:
        """Take note of what the source is called; demonstrations go round and round."""
        demonstration = uri.startswith("scene:") or self.uri == AUTO
        self.uri = uri
        self._stand_upright()
        if demonstration:
            self._playback.set_loop(True)

    def _stand_upright(self) -> None:
        """Begin without quarter turns; cameras mirrored, if the user did not choose otherwise."""
        self.upright_wanted.emit(self.uri.startswith("camera:") and self._preferences.choices.mirror_cameras)

    def _introduce(self, info: SourceInfo) -> None:
        """Take note of what the source is, once that is known."""
        self.info = info
        if info.kind in ("video", "images"):
            self.uri = str(Path(self.uri).absolute())
            self._preferences.add_recent(self.uri)
        self._preferences.last_source = self.uri
        self._motion_plot.set_duration(None if info.live else info.duration_s)
        self.changed.emit()

    def _tell(self, status: SessionStatus) -> None:
        if self.info is None and status.info is not None:
            self._introduce(status.info)
        if status.phase == "failed" and self.picture is None:
            self.close()
            return
        self._mark_end(status.phase == "ended" and status.info is not None and status.info.frame_count != 1)
        self._stage.transport.render(status)
        self._status_line.show_status(status, source_name(self.uri))
        if self._trace is not None:
            self._descent_plot.show_trace(self._trace)
            self.traced.emit(self._trace)
            self._trace = None
        self.told.emit(status)

    def _mark_end(self, ended: bool) -> None:
        """Say once that the last frame was played, and no longer than that holds."""
        if ended and not self._ended:
            self._stage.banners.add(Failure(END), ("Play again", self._playback.toggle_play))
        elif self._ended and not ended:
            self._stage.banners.withdraw(END)
        self._ended = ended

    def _show(self, picture: Picture) -> None:
        first, self.picture = self.picture is None, picture
        if self.info is None:
            self._bridge.refresh()
        self._stage.show_picture(picture)
        frame = picture.motion.frame
        if not picture.motion.first:
            self._motion_plot.add(frame.pts_s, frame.index, picture.measures)
            first |= not self.measured
            self.measured = True
        self._motion_plot.set_cursor(frame.pts_s)
        if picture.motion.trace is not None:
            self._trace = picture.motion.trace  # drawn with the numbers: it is no part of the picture
        if first:
            self.changed.emit()
        session = self._bridge.session
        if session is not None:
            self._stage.transport.render(session.status())
