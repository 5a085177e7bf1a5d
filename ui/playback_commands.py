"""What the Playback menu, the transport and a click in the motion plot do to the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from motionapp.playback import faster, shuttle, slower
from ui.session_bridge import SessionBridge

if TYPE_CHECKING:
    from motionapp.live import LiveSession, SessionStatus
    from ui.transport import Transport


class PlaybackCommands:
    """Commands on whatever session is on show; without one they do nothing."""

    def __init__(self, bridge: SessionBridge) -> None:
        self._bridge = bridge

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        return {
            "play": self.toggle_play,
            "backward": lambda: self.shuttle(-1),
            "forward": lambda: self.shuttle(1),
            "pause": lambda: self._tell(lambda session, _: session.pause()),
            "previous": lambda: self.step(-1),
            "next": lambda: self.step(1),
            "second_back": lambda: self._tell(lambda session, _: session.step_time(-1.0)),
            "second_on": lambda: self._tell(lambda session, _: session.step_time(1.0)),
            "start": lambda: self._tell(lambda session, status: session.seek(bounds(status)[0])),
            "end": lambda: self._tell(lambda session, status: session.seek(bounds(status)[1])),
            "slower": lambda: self._tell(lambda session, status: session.set_speed(slower(status.speed))),
            "faster": lambda: self._tell(lambda session, status: session.set_speed(faster(status.speed))),
            "normal_speed": lambda: self.set_speed(1.0),
            "set_in": lambda: self._tell(lambda session, status: session.set_range(status.index, status.last)),
            "set_out": lambda: self._tell(lambda session, status: session.set_range(status.first, status.index)),
            "clear_range": lambda: self.set_range(None, None),
            "loop": lambda: self._tell(lambda session, status: session.set_loop(not status.loop)),
        }

    def follow(self, transport: Transport) -> None:
        """Do what the buttons under the picture ask for."""
        transport.play_toggled.connect(self.toggle_play)
        transport.shuttled.connect(self.shuttle)
        transport.seek_requested.connect(self.seek)
        transport.step_requested.connect(self.step)
        transport.speed_requested.connect(self.set_speed)
        transport.range_requested.connect(self.set_range)
        transport.loop_toggled.connect(self.set_loop)

    def toggle_play(self) -> None:
        """Pause what plays, play what does not; a camera is frozen and goes on with the present."""
        self._tell(lambda session, status: session.pause() if runs(status) else session.play())

    def step(self, count: int) -> None:
        """Pause and move by ``count`` frames."""
        self._tell(lambda session, _: session.step(count))

    def seek(self, index: int) -> None:
        """Show frame ``index``."""
        self._tell(lambda session, _: session.seek(index))

    def set_speed(self, speed: float) -> None:
        """Play ``speed`` times as fast."""
        self._tell(lambda session, _: session.set_speed(speed))

    def set_range(self, first: int | None, last: int | None) -> None:
        """Set the in and out marks, None for the ends of the source."""
        self._tell(lambda session, _: session.set_range(first, last))

    def set_loop(self, loop: bool) -> None:
        """Play round and round or not."""
        self._tell(lambda session, _: session.set_loop(loop))

    def seek_time(self, pts_s: float) -> None:
        """Show the frame at ``pts_s``."""
        self._tell(lambda session, _: session.seek_time(pts_s))

    def shuttle(self, direction: int) -> None:
        """Play in ``direction`` (1 or −1); if it already does, twice as fast."""

        def go(session: LiveSession, status: SessionStatus) -> None:
            session.set_speed(shuttle(runs(status), status.speed, direction))
            session.play()

        self._tell(go)

    def _tell(self, command: Callable[[LiveSession, SessionStatus], None]) -> None:
        session = self._bridge.session
        if session is not None:
            command(session, session.status())
            self._bridge.refresh()


def runs(status: SessionStatus) -> bool:
    """Whether the source moves on by itself, or will as soon as the kernels are ready."""
    return status.phase in ("opening", "preparing", "playing")


def bounds(status: SessionStatus) -> tuple[int, int]:
    """Return the first and last frame of the marked range, or of the whole source."""
    count = status.info.frame_count if status.info else None
    end = max(0, (count or 1) - 1)
    return status.first or 0, end if status.last is None else status.last
