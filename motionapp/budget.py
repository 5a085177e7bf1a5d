"""How much descent a live frame gets, so that its time fits the period of the source. No clock, no threads."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from motionapp.settings import FlowSettings

#: On a linearisation no fewer than these. After them warps are saved instead: in scenes at 640×480, accurate, 6 → 2
#: iterations save 3 ms of 51 for up to three times the error, 3 → 1 warps save 26 ms for up to a third more.
LEAST_ITERATIONS = 6

#: What a frame and each of its warps cost besides iterations, in the time of one iteration: half of what was measured
#: on two cores (36 … 43 and 18 … 23). With too little it settles a few frames later, with too much it swings.
FRAME_COST, WARP_COST = 20.0, 10.0

#: Less is done when a frame takes more than the part ``MOST`` of the period, more when it then takes less than ``AIM``.
MOST, AIM = 0.95, 0.85

#: The median of so many frames counts: one slow frame changes nothing, three do.
REMEMBERED = 5


class Budget:
    """Choose the iterations of every frame, and with the least of them the warps, by the time of the last frames.

    The time of a frame is taken to be ``pace · cost``, with the :func:`cost` of its settings and the pace of the
    machine under its present load, which is the one thing observed. Where ``cost`` leaves out a part of the time, it
    settles all the same: that part of the error is what remains from one frame to the next.
    """

    def __init__(self) -> None:
        self._chosen: FlowSettings | None = None
        self._allotted = FlowSettings()
        self._paces: deque[float] = deque(maxlen=REMEMBERED)

    def allot(self, chosen: FlowSettings, period_s: float) -> FlowSettings:
        """Return what the next frame is to be made with.

        Parameters
        ----------
        chosen
            What the user asks for, which is also the most. Other settings than before begin with all of it.
        period_s
            Time of a frame, 0 if unknown: then ``chosen`` is returned.
        """
        if period_s <= 0.0:
            return chosen
        if chosen != self._chosen:
            self._chosen = self._allotted = chosen
            self._paces.clear()
        if self._paces:
            pace = statistics.median(self._paces)
            fitting = _most(chosen, AIM * period_s, pace)
            late = pace * cost(self._allotted) > MOST * period_s
            if late or cost(fitting) > cost(self._allotted):
                self._allotted = fitting
        return self._allotted

    def note(self, spent: FlowSettings, taken_s: float) -> None:
        """Take note of the time a frame took that was made with ``spent``."""
        self._paces.append(taken_s / cost(spent))


def cost(flow: FlowSettings) -> float:
    """Return about what a frame costs, in the time of one iteration on the finest level."""
    return FRAME_COST + flow.warps * (WARP_COST + flow.iterations)


def ladder(chosen: FlowSettings) -> Iterator[FlowSettings]:
    """Yield what a frame may be made with, from ``chosen`` down: fewer iterations first, then fewer warps."""
    least = min(LEAST_ITERATIONS, chosen.iterations)
    for iterations in range(chosen.iterations, least, -1):
        yield replace(chosen, iterations=iterations)
    for warps in range(chosen.warps, 0, -1):
        yield replace(chosen, warps=warps, iterations=least)


def _most(chosen: FlowSettings, time_s: float, pace: float) -> FlowSettings:
    """Return the most that fits a time, and the least of all where nothing does."""
    flow = chosen
    for flow in ladder(chosen):
        if pace * cost(flow) <= time_s:
            break
    return flow
