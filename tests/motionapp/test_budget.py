"""The budget on simulated machines: every frame takes the time it is told, and no clock is looked at."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.budget import LEAST_ITERATIONS, REMEMBERED, Budget, cost, ladder
from motionapp.settings import PRESETS, FlowSettings

PERIOD_S = 1 / 30
ACCURATE = PRESETS["accurate"]
STEPS = list(ladder(ACCURATE))
LEAST = STEPS[-1]
SETTLED_S = 0.5

#: Seconds per frame, per warp and per iteration: as measured on two cores, and others that differ up to four times in
#: what an iteration costs beside the rest.
MACHINES = {
    "measured": (0.0150, 0.0090, 0.00042),
    "slow frames": (0.0180, 0.0030, 0.00020),
    "slow iterations": (0.0060, 0.0030, 0.00070),
    "only iterations": (0.0140, 0.0, 0.00100),
    "hardly iterations": (0.0200, 0.0050, 0.00010),
}


@dataclass
class Machine:
    """Takes ``frame + warps · (warp + iterations · iteration)`` seconds, times load and noise; plays a live source."""

    times: tuple[float, float, float]
    noise: float = 0.0
    load: float = 1.0
    budget: Budget = field(default_factory=Budget)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def true_s(self, flow: FlowSettings) -> float:
        frame_s, warp_s, iteration_s = self.times
        return self.load * (frame_s + flow.warps * (warp_s + flow.iterations * iteration_s))

    def play(self, chosen: FlowSettings, seconds: float) -> list[tuple[FlowSettings, float]]:
        """Return what was allotted and how long it took, frame by frame, over so many seconds of the source."""
        frames, elapsed_s = [], 0.0
        while elapsed_s < seconds:
            flow = self.budget.allot(chosen, PERIOD_S)
            taken_s = self.true_s(flow) * max(0.5, 1 + self.noise * self.random.standard_normal())
            self.budget.note(flow, taken_s)
            frames.append((flow, taken_s))
            elapsed_s += PERIOD_S * max(1, np.ceil(taken_s / PERIOD_S))  # a late frame waits for the next one to come
        return frames


def rung(flow):
    """Return how many steps it lies below all of it."""
    return STEPS.index(flow)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("least_part", [0.4, 0.6, 0.8])
@pytest.mark.parametrize("name", MACHINES)
def test_the_period_is_held_after_half_a_second_and_no_more_is_saved_than_must_be(name, least_part, noise):
    machine = Machine(MACHINES[name], noise)
    machine.load = least_part * PERIOD_S / machine.true_s(LEAST)
    machine.play(ACCURATE, SETTLED_S)
    frames = machine.play(ACCURATE, 10.0)
    assert np.mean([taken_s > PERIOD_S for _, taken_s in frames]) < 0.05
    last = frames[-1][0]
    assert last == ACCURATE or machine.true_s(STEPS[max(0, rung(last) - 3)]) > 0.8 * PERIOD_S


@pytest.mark.parametrize("name", MACHINES)
def test_load_that_comes_and_goes_is_answered_within_half_a_second(name):
    machine = Machine(MACHINES[name], noise=0.03)
    quiet, busy = 0.6 * PERIOD_S / machine.true_s(ACCURATE), 0.75 * PERIOD_S / machine.true_s(LEAST)
    for _ in range(3):
        machine.load = quiet
        machine.play(ACCURATE, SETTLED_S)
        assert {flow for flow, _ in machine.play(ACCURATE, 3.0)} == {ACCURATE}
        machine.load = busy
        machine.play(ACCURATE, SETTLED_S)
        assert np.mean([taken_s <= PERIOD_S for _, taken_s in machine.play(ACCURATE, 3.0)]) > 0.95


@pytest.mark.parametrize("load", [0.5, 0.8, 1.0, 1.25])
@pytest.mark.parametrize("name", MACHINES)
def test_it_settles_and_does_not_swing(name, load):
    machine = Machine(MACHINES[name], load=load)
    machine.play(ACCURATE, SETTLED_S)
    rungs = [rung(flow) for flow, _ in machine.play(ACCURATE, 5.0)]
    steps = [after - before for before, after in pairwise(rungs) if after != before]
    assert len({step > 0 for step in steps}) <= 1
    assert sum(map(abs, steps)) <= 2


def test_noise_leaves_it_alone_most_of_the_time():
    machine = Machine(MACHINES["measured"], noise=0.05, load=0.5)
    machine.play(ACCURATE, SETTLED_S)
    used = [flow for flow, _ in machine.play(ACCURATE, 20.0)]
    assert sum(after != before for before, after in pairwise(used)) < 0.05 * len(used)


def test_one_slow_frame_changes_nothing():
    budget = Budget()
    for taken_s in (0.02, 0.02, 0.02, 1.0, 0.02, 0.02, 0.02):
        assert budget.allot(ACCURATE, PERIOD_S) == ACCURATE
        budget.note(ACCURATE, taken_s)


def test_where_nothing_fits_it_stays_with_the_least():
    machine = Machine(MACHINES["measured"], noise=0.05, load=10.0)
    machine.play(ACCURATE, SETTLED_S)
    assert {flow for flow, _ in machine.play(ACCURATE, 3.0)} == {LEAST}


@pytest.mark.parametrize("chosen", PRESETS.values())
def test_where_all_fits_all_is_done_from_the_first_frame_on(chosen):
    machine = Machine(MACHINES["measured"], noise=0.05, load=0.3)
    assert {flow for flow, _ in machine.play(chosen, 3.0)} == {chosen}


def test_an_unknown_period_asks_for_nothing():
    budget = Budget()
    for _ in range(REMEMBERED):
        budget.note(ACCURATE, 10.0)
        assert budget.allot(ACCURATE, 0.0) == ACCURATE


def test_other_settings_begin_with_all_of_it():
    machine = Machine(MACHINES["measured"], load=4.0)
    machine.play(ACCURATE, SETTLED_S)
    assert machine.budget.allot(ACCURATE, PERIOD_S) != ACCURATE
    other = replace(ACCURATE, alpha=0.5)
    assert machine.budget.allot(other, PERIOD_S) == other


@given(
    st.builds(FlowSettings, warps=st.integers(1, 50), iterations=st.integers(1, 200)),
    st.lists(st.tuples(st.floats(0.0, 1e3), st.floats(1e-6, 10.0)), max_size=30),
)
def test_whatever_happens_it_stays_within_its_bounds(chosen, events):
    budget = Budget()
    for taken_s, period_s in events:
        flow = budget.allot(chosen, period_s)
        assert 1 <= flow.warps <= chosen.warps
        assert min(LEAST_ITERATIONS, chosen.iterations) <= flow.iterations <= chosen.iterations
        assert replace(flow, warps=chosen.warps, iterations=chosen.iterations) == chosen
        budget.note(flow, taken_s)


@pytest.mark.parametrize("chosen", [*PRESETS.values(), replace(ACCURATE, iterations=3), replace(ACCURATE, warps=1)])
def test_the_ladder_goes_from_all_to_the_least_and_costs_less_with_every_step(chosen):
    steps = list(ladder(chosen))
    assert steps[0] == chosen
    assert (steps[-1].warps, steps[-1].iterations) == (1, min(LEAST_ITERATIONS, chosen.iterations))
    assert all(cost(more) > cost(less) for more, less in pairwise(steps))
