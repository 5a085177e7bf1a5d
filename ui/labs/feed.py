"""Where a lab's pictures come from: the main window's source, or a source of the lab's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.labs.player import Player
from motionapp.labs.view import LabView, Past
from motionapp.settings import ViewSettings
from motionapp.types import Failure, Motion, Picture
from ui.naming import source_name
from ui.session_bridge import SessionBridge

if TYPE_CHECKING:
    from motionapp.live import LiveSession

#: What plays where nothing else does.
SCENE, FIRST = "scene:moving-arm", 40
PULL_MS = 16


class Feed(QObject):
    """Hands over views, newest last; freezing it stops the lab's picture, not the main window's.

    What a camera shows comes from the main window. Files and scenes the feed reads itself, at the frame that the main
    window shows: that passes over frames when it is slow, and a lab needs those right before.

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
        self._steps = 0  # pictures of a camera still to be taken although it is frozen
        self._shown: tuple[int, tuple[bool, int]] | None = None  # frame and orientation in the main window, if followed
        self._chosen = False  # whether the lab's own source was asked for, and is not only better than nothing
        self._frozen = False
        self._stands = False  # whether it is frozen because the main window stands
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
        return self._player is not None and self._shown is None

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
        self._forget()
        self._tell_name(session)
        if newest is not None:
            self._see(newest)

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
        self.frozen, self._stands, self._steps = on, False, 0
        session, player = self._bridge.session, self._player
        if player is None:
            return
        if on or self._shown is None or session is None or _stands(session):
            player.set_playing(not on)
        else:
            player.show(*self._shown)

    def step(self) -> None:
        """Stand, one frame further on than the last one asked for."""
        self.frozen, self._stands = True, False
        if self._player is not None:
            self._player.step()
        else:
            self._steps += 1

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
        self._forget()
        self.frozen, self._player = not playing, player
        player.start()
        self._pull_timer.start()
        self.named.emit(source_name(player.uri))

    def _forget(self) -> None:
        """Have no picture and no player, and go on as soon as there is one."""
        self._pull_timer.stop()
        player, self._player = self._player, None
        if player is not None:
            player.close(0.0)
        self._past.clear()
        self.view, self._shown, self._steps = None, None, 0
        self.frozen = self._stands = False

    def _tell_name(self, session: LiveSession) -> None:
        info = session.status().info
        self.named.emit("" if info is None else source_name(info.uri))

    def _see(self, picture: Picture) -> None:
        """Follow the main window, which has another picture; the same one with other settings is none."""
        session = self._bridge.session
        info = None if session is None else session.status().info
        if self._chosen or session is None or info is None:
            return
        view = picture.motion.settings.view
        shown = picture.motion.frame.index, (view.mirror, view.quarter_turns)
        before = self._shown
        if shown == before:
            return
        if not info.live:
            self._read(session, info.uri, *shown)
        else:
            if before is not None and before[1] != shown[1]:
                self._past.clear()
            self._take(session, picture.motion)
        self._shown = shown

    def _read(self, session: LiveSession, uri: str, index: int, orientation: tuple[bool, int]) -> None:
        """Read the frame that the main window shows, with those before it; one stands if the other does."""
        if self._player is None:
            frozen, stands = self.frozen, _stands(session)
            self._play(Player(uri, *self._wish, index, False, orientation), not (frozen or stands))
            self._stands = stands and not frozen
        elif self._stands or not self.frozen:
            self._player.show(index, orientation)
            self.frozen = self._stands = self._stands and _stands(session)

    def _take(self, session: LiveSession, motion: Motion) -> None:
        """Take the picture of a camera, and the one before it where that was not shown."""
        if self.view is None:
            self._tell_name(session)
        past_missing = self.view is None or self.view.previous is None
        if self.frozen and not self._steps and not past_missing:
            return
        self._steps = max(0, self._steps - 1)
        newest, previous = self._past.newest, motion.previous
        if previous is not None and (newest is None or newest.index < previous.index):
            self._past.push(previous)
        self._show(self._past.push(motion.frame))

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


def _stands(session: LiveSession) -> bool:
    return session.status().phase in ("paused", "ended")
