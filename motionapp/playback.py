"""What a player shows next: a frozen state, the commands that change it, and one pure decision.

No threads and no clock of its own: :func:`due` is told the time, so every rule here is tested without waiting.
Indices are frame numbers from 0, times are in seconds, a negative speed plays backwards.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass, replace

#: Speeds that the slower and faster keys walk through.
SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

#: Frames passed over in one decision at most: reading them takes time as well.
MOST_SKIPPED = 8

#: Later than this, play goes on from now instead of hurrying after the clock (slow decoding, suspend).
PATIENCE_S = 0.25

#: A frame this close to its time is due: rounding, and waits too short to be worth it.
CLOSE_S = 0.0005


@dataclass(frozen=True, slots=True)
class Playback:
    """State of a player.

    ``count`` is the number of frames (None while unknown, and for live sources); ``index`` is the frame on show;
    ``wanted`` is a frame that was asked for and is not on show yet; ``sought`` a time that was, in seconds from a frame
    (None: from 0). ``first`` and ``last`` are the in and out points, both included. ``anchor`` ties presentation time
    to the clock, ``(pts_s, clock_s)``; None: anew with the next frame.
    """

    count: int | None = None
    live: bool = False
    playing: bool = True
    ended: bool = False
    speed: float = 1.0
    index: int | None = None
    wanted: int | None = None
    sought: tuple[int | None, float] | None = None
    first: int | None = None
    last: int | None = None
    loop: bool = False
    anchor: tuple[float, float] | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """First and last frame that playing reaches; the out point is open while the count is unknown."""
        end = 2**31 if self.count is None else max(0, self.count - 1)
        low = min(self.first or 0, end)
        return low, end if self.last is None else max(low, min(self.last, end))


@dataclass(frozen=True, slots=True)
class Due:
    """A decision: the state to go on with, and either a frame to show now or a time to wait.

    ``jump`` marks a frame that does not follow from the one on show (seek, loop). ``wait_s`` None with ``show`` None
    means: until something changes.
    """

    playback: Playback
    show: int | None = None
    jump: bool = False
    wait_s: float | None = None


def opened(playback: Playback, count: int | None, live: bool) -> Playback:
    """Begin with a source of ``count`` frames.

    A seekable one starts at the frame already asked for, else at its in point, or at its out point backwards.
    """
    playback = replace(playback, count=count, live=live, index=None, ended=False, anchor=None)
    if live:
        return replace(playback, speed=1.0, wanted=None)
    if playback.wanted is not None:
        return seek(playback, playback.wanted)
    low, high = playback.bounds
    return replace(playback, wanted=low if playback.speed > 0 else high)


def shown(playback: Playback, index: int) -> Playback:
    """Note that frame ``index`` is on show; a request made in the meantime for another frame stays."""
    if playback.wanted == index:
        return replace(playback, index=index, wanted=None, anchor=None)
    return replace(playback, index=index)


def shorten(playback: Playback, count: int) -> Playback:
    """Note that the source ends after ``count`` frames (truncated file); requests beyond go to its last frame."""
    wanted = playback.wanted
    if wanted is not None and wanted >= count:
        wanted = count - 1 if count and playback.index != count - 1 else None
    return replace(playback, count=count, wanted=wanted)


def play(playback: Playback) -> Playback:
    """Play; from the far end again if play has come to its end, or stands beyond it."""
    low, high = playback.bounds
    index = playback.index
    past = index is not None and (index >= high if playback.speed > 0 else index <= low)
    at_end = playback.ended or (playback.count is not None and low < high and past)
    start = low if playback.speed > 0 else high
    asked = playback.wanted is not None or playback.sought is not None
    wanted = start if at_end and not playback.live and not asked else playback.wanted
    return replace(playback, playing=True, ended=False, wanted=wanted, anchor=None)


def pause(playback: Playback) -> Playback:
    """Hold the frame on show; a live source is frozen."""
    return replace(playback, playing=False, anchor=None)


def seek(playback: Playback, index: int) -> Playback:
    """Ask for frame ``index``, clamped to the source; live sources have only the present."""
    if playback.live:
        return playback
    high = 2**31 if playback.count is None else max(0, playback.count - 1)
    return replace(playback, wanted=max(0, min(index, high)), sought=None, ended=False, anchor=None)


def seek_time(playback: Playback, pts_s: float) -> Playback:
    """Ask for the frame nearest to a time; live sources have only the present."""
    return playback if playback.live else replace(playback, wanted=None, sought=(None, pts_s), ended=False, anchor=None)


def step_time(playback: Playback, seconds: float) -> Playback:
    """Ask for the frame ``seconds`` from the one on show or asked for (a held key adds up)."""
    if playback.live:
        return playback
    if playback.sought is not None:
        start, so_far = playback.sought
    else:
        start, so_far = (playback.wanted if playback.wanted is not None else playback.index or 0), 0.0
    return replace(playback, wanted=None, sought=(start, so_far + seconds), ended=False, anchor=None)


def step(playback: Playback, count: int) -> Playback:
    """Pause and move by ``count`` frames from the frame on show or asked for (a held key adds up)."""
    paused = pause(playback)
    at = playback.wanted if playback.wanted is not None else playback.index
    target = seek(paused, (at or 0) + count)
    return paused if target.wanted == playback.index else target


def set_speed(playback: Playback, speed: float) -> Playback:
    """Play ``speed`` times as fast, backwards if negative; live sources have speed 1.

    Raises
    ------
    ValueError
        If the magnitude is outside 0.125 … 8.
    """
    if not SPEEDS[0] <= abs(speed) <= SPEEDS[-1]:
        raise ValueError(f"speed must be within {SPEEDS[0]} and {SPEEDS[-1]}, or minus that, got {speed}")
    return playback if playback.live else replace(playback, speed=float(speed), anchor=None)


def set_range(playback: Playback, first: int | None, last: int | None) -> Playback:
    """Set the in and out points, None for the ends; where they cross, the one that was just moved wins."""
    first = None if first is None else max(0, first)
    last = None if last is None else max(0, last)
    if first is not None and last is not None and first > last:
        first, last = (first, None) if first != playback.first else (None, last)
    return replace(playback, first=first, last=last, ended=False)


def set_loop(playback: Playback, loop: bool) -> Playback:
    """Go on from the other end, or stop, when play reaches the end of its range."""
    return replace(playback, loop=loop)


def faster(speed: float) -> float:
    """Return the next of :data:`SPEEDS` above, in the same direction."""
    sign = 1.0 if speed > 0 else -1.0
    return sign * next((s for s in SPEEDS if s > abs(speed)), SPEEDS[-1])


def slower(speed: float) -> float:
    """Return the next of :data:`SPEEDS` below, in the same direction."""
    sign = 1.0 if speed > 0 else -1.0
    return sign * next((s for s in reversed(SPEEDS) if s < abs(speed)), SPEEDS[0])


def shuttle(playing: bool, speed: float, direction: int) -> float:
    """Return the speed after J (``direction`` -1) or L (+1): 1× that way first, twice as fast with every repeat."""
    if playing and speed * direction > 0:
        return direction * min(SPEEDS[-1], max(1.0, 2.0 * abs(speed)))
    return float(direction)


def due(playback: Playback, pts: Callable[[int], float], clock_s: float) -> Due:
    """Decide what to show at ``clock_s`` on a seekable source.

    A frame is due at ``anchor clock + (pts - anchor pts) / speed``. If several are, the newest is shown and the others
    are passed over; after :data:`PATIENCE_S` the clock is anchored anew instead.

    Parameters
    ----------
    playback : Playback
        The state; ``count`` is known.
    pts : callable
        Presentation time of a frame in seconds, by its index.
    clock_s : float
        Now, on any clock that only goes forward.
    """
    if playback.sought is not None:
        start, seconds = playback.sought
        frame = _nearest(playback, pts, seconds + (0.0 if start is None else pts(start)))
        playback = replace(playback, sought=None, wanted=None if frame == playback.index else frame)
    if playback.wanted is not None:
        return Due(playback, playback.wanted, jump=True)
    index = playback.index
    if not playback.playing or index is None:
        return Due(playback)
    if playback.anchor is None:
        playback = replace(playback, anchor=(pts(index), clock_s))
    low, high = playback.bounds
    forward = playback.speed > 0
    if (index >= high) if forward else (index <= low):
        return _at_the_end(playback, pts, clock_s)
    if not low <= index <= high:
        return _jump(playback, low if forward else high, pts, clock_s)
    step = 1 if forward else -1
    target = index + step
    late = clock_s - _time_of(playback, target, pts)
    if late < -CLOSE_S:
        return Due(playback, wait_s=-late)
    if late > PATIENCE_S:
        return Due(replace(playback, anchor=(pts(target), clock_s)), target)
    for _ in range(MOST_SKIPPED):
        if not low <= target + step <= high or _time_of(playback, target + step, pts) > clock_s + CLOSE_S:
            break
        target += step
    return Due(playback, target)


def _nearest(playback: Playback, pts: Callable[[int], float], pts_s: float) -> int:
    """Return the frame whose time is nearest to ``pts_s``."""
    frames = range(max(1, playback.count or 1))
    after = min(bisect.bisect_left(frames, pts_s, key=pts), frames[-1])
    before = max(0, after - 1)
    return before if pts_s - pts(before) < pts(after) - pts_s else after


def _time_of(playback: Playback, index: int, pts: Callable[[int], float]) -> float:
    """Return the clock time at which frame ``index`` is due."""
    assert playback.anchor is not None
    anchor_pts, anchor_clock = playback.anchor
    return anchor_clock + (pts(index) - anchor_pts) / playback.speed


def _at_the_end(playback: Playback, pts: Callable[[int], float], clock_s: float) -> Due:
    """Stop, or go round once the last frame has been on show as long as the frame before it was."""
    low, high = playback.bounds
    start, end, step = (low, high, 1) if playback.speed > 0 else (high, low, -1)
    if not playback.loop or low == high:
        return Due(replace(playback, playing=False, ended=True, anchor=None))
    seam = _time_of(playback, end, pts) + abs((pts(end) - pts(end - step)) / playback.speed)
    if playback.index == end and clock_s < seam - CLOSE_S:
        return Due(playback, wait_s=seam - clock_s)
    return _jump(playback, start, pts, seam if clock_s - seam < PATIENCE_S else clock_s)


def _jump(playback: Playback, index: int, pts: Callable[[int], float], clock_s: float) -> Due:
    return Due(replace(playback, anchor=(pts(index), clock_s)), index, jump=True)
