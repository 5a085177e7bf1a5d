"""Where a lab's pictures come from: the main window's source, or a source of the lab's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.labs.player import Player
from motionapp.labs.view import LabView, Past
from motionapp.settings import ViewSettings
from motionapp.types import Failure, Picture
from ui.naming import source_name
from ui.session_bridge import SessionBridge

if TYPE_CHECKING:
    from motionapp.live import LiveSession

#: What plays where nothing else does.
SCENE, FIRST = "scene:moving-arm", 40
PULL_MS = 16


class Feed(QObject):
    """Hands over views, newest last; freezing it stops the lab's picture, not the main window's.

    Signals
    -------
    viewed(LabView)
        Another picture.
    named(str)
        Where the pictures come from, for people.
    failed(Failure)
        The lab's own source cannot be opened or read.
    stood(bool)
        The lab's picture stands, or goes on.
    """

    viewed = Signal(object)
    named = Signal(str)
    failed = Signal(object)
    stood = Signal(bool)

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._player: Player | None = None
        self._past = Past()
        self._steps = 0  # pictures still to be taken from the session although it is frozen
        self._wanted = -1  # the frame a step of the session has asked for
        self._sought = False  # whether a step made the session stand, so that it has to go on some time
        self._chosen = False  # whether the lab's own source was asked for, and is not only better than nothing
        self._frozen = False
        self.view: LabView | None = None
        self._pull_timer = QTimer(self, interval=PULL_MS)
        self._pull_timer.timeout.connect(self._pull)
        bridge.pictured.connect(self._see)
        bridge.opened.connect(self._follow_unless_chosen)
        bridge.left.connect(self._follow_unless_chosen)

    @property
    def frozen(self) -> bool:
        """Whether the lab's picture stands."""
        return self._frozen

    @frozen.setter
    def frozen(self, on: bool) -> None:
        changed, self._frozen = on != self._frozen, on
        if changed:
            self.stood.emit(on)

    @property
    def uri(self) -> str:
        """What is on show."""
        if self._player is not None:
            return self._player.uri
        session = self._bridge.session
        info = None if session is None else session.status().info
        return "" if info is None else info.uri

    @property
    def orientation(self) -> tuple[bool, int]:
        """Whether what is on show is mirrored, and by how many quarter turns."""
        if self._player is not None:
            return self._player.orientation
        newest = self._bridge.newest
        view = ViewSettings() if newest is None else newest.motion.settings.view
        return view.mirror, view.quarter_turns

    @property
    def own(self) -> bool:
        """Whether the pictures come from a source of the lab's own."""
        return self._player is not None

    @property
    def _wish(self) -> tuple[int, int]:
        """How many frames before the newest are wanted, and how large."""
        return self._past.count, self._past.longest_px

    def follow(self) -> None:
        """Take the main window's pictures; where it has none, those of a synthetic scene."""
        session, newest = self._bridge.session, self._bridge.newest
        self._chosen = False
        if session is None:
            self._play(Player(SCENE, *self._wish, FIRST))
            return
        status = session.status()
        stands = status.phase in ("paused", "ended") and status.info is not None and not status.info.live
        if newest is not None and status.info is not None and stands:
            # Nothing will come from a source that stands: the lab reads the frame, and those before it, itself.
            index, view = newest.motion.frame.index, newest.motion.settings.view
            turned = (view.mirror, view.quarter_turns)
            self._play(Player(status.info.uri, *self._wish, index, False, orientation=turned), False)
            return
        self._follow_session(session)

    def open(self, uri: str, index: int = 0, playing: bool = True, orientation: tuple[bool, int] = (False, 0)) -> None:
        """Play a source of the lab's own from frame ``index``, or stand there; a camera on show already is shared."""
        session = self._bridge.session
        info = None if session is None else session.status().info
        if info is not None and info.live and info.uri == uri:
            self.follow()
            return
        self._chosen = True
        self._play(Player(uri, *self._wish, index, playing, orientation=orientation), playing)

    def set_history(self, history: int, longest_px: int) -> None:
        """Hand over so many frames before the newest from now on, none with a longer side."""
        self._past.resize(history, longest_px)
        if self._player is not None:
            self._player.set_history(history, longest_px)

    def freeze(self, on: bool) -> None:
        """Stand at the picture on show, or go on."""
        self.frozen = on
        if self._player is not None:
            self._player.set_playing(not on)
        elif not on and self._sought and self._bridge.session is not None:
            self._bridge.session.play()
        self._steps, self._wanted, self._sought = 0, -1, False

    def step(self) -> None:
        """Stand, one frame further on."""
        self.frozen = True
        if self._player is not None:
            self._player.step()
            return
        session = self._bridge.session
        info = None if session is None else session.status().info
        if session is None or info is None or self.view is None or info.live:
            self._steps += 1
        elif self.view.frame.index + 1 < (info.frame_count or 0):
            self._wanted, self._sought = self.view.frame.index + 1, True
            session.seek(self._wanted)

    def shut(self, timeout_s: float = 2.0) -> bool:
        """Stop reading, for good; return whether the thread came home in time."""
        self._pull_timer.stop()
        self._bridge.pictured.disconnect(self._see)
        for signal in (self._bridge.opened, self._bridge.left):
            signal.disconnect(self._follow_unless_chosen)
        player, self._player = self._player, None
        return player is None or player.close(timeout_s)

    def _follow_unless_chosen(self, _what: object) -> None:
        if not self._chosen and not self._bridge.opening:
            self.follow()

    def _play(self, player: Player, playing: bool = True) -> None:
        self._drop_player()
        self._past.clear()
        self.view, self.frozen, self._player = None, not playing, player
        player.start()
        self._pull_timer.start()
        self.named.emit(source_name(player.uri))

    def _follow_session(self, session: LiveSession) -> None:
        self._drop_player()
        self._past.clear()
        self.view, self.frozen = None, False
        self._tell_name(session)

    def _drop_player(self) -> None:
        self._pull_timer.stop()
        player, self._player = self._player, None
        if player is not None:
            player.close(0.0)

    def _tell_name(self, session: LiveSession) -> None:
        info = session.status().info
        self.named.emit("" if info is None else source_name(info.uri))

    def _see(self, picture: Picture) -> None:
        session = self._bridge.session
        if self._chosen or session is None:
            return
        frame = picture.motion.frame
        if self._player is not None:
            if self.view is None or frame.index == self.view.frame.index:
                return
            self._follow_session(session)  # it goes on
        if self.view is None:
            self._tell_name(session)
        if self.view is not None and frame is self.view.frame:
            return
        past_missing = self.view is not None and self.view.previous is None
        if self.frozen and frame.index != self._wanted and not self._steps and not past_missing:
            return
        self._steps, self._wanted = max(0, self._steps - 1), -1
        if self._past.newest is not None and frame.index <= self._past.newest.index:
            self._past.clear()
        self._show(self._past.push(frame))

    def _pull(self) -> None:
        if self._player is None:
            return
        while not self._player.failures.empty():
            failure: Failure = self._player.failures.get()
            self.failed.emit(failure)
        view = self._player.views.take(0.0)
        if view is not None:
            self._show(view)

    def _show(self, view: LabView) -> None:
        self.view = view
        self.viewed.emit(view)
