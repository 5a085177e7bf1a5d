"""Methods take turns, slow ones fewer, and means are means over pairs of medians over repeats."""

import numpy as np
import pytest

from benchmarks import race
from benchmarks.pairs import Pair
from benchmarks.peers import Method
from benchmarks.race import Race, Score, score, summarise
from motionapp.types import MotionError


def make_pair(name="frame10", shape=(4, 6), sequence="Venus"):
    """Return a pair that does not move, valid but for one pixel of absurd truth."""
    image, valid = np.zeros(shape, np.uint8), np.ones(shape, bool)
    flow = np.zeros((*shape, 2), np.float32)
    flow[0, 0], valid[0, 0] = 1e6, False
    return Pair(sequence, name, image, image, flow, valid)


class Clock:
    """Time that passes only where a method spends it."""

    def __init__(self, monkeypatch):
        self.now_s, self.calls = 0.0, []
        monkeypatch.setattr(race.time, "perf_counter", lambda: self.now_s)

    def method(self, name, seconds, ours=False, flow=(0.0, 0.0)):
        """Return a method that takes so long and gives the same vector everywhere."""

        def calc(image0, _image1):
            self.calls.append(name)
            self.now_s += seconds
            return np.broadcast_to(np.float32(flow), (*image0.shape, 2))

        return Method(name, name.title(), ours, calc)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_methods_take_turns_each_with_a_run_up(clock):
    first, second = Race([clock.method("a", 0.01), clock.method("b", 0.02)], repeats=3).run(make_pair())
    assert clock.calls == ["a", "a", "b", "b"] * 3
    assert first.times_ms == pytest.approx([10.0] * 3)
    assert second.median_ms == pytest.approx(20.0)


def test_slow_methods_have_fewer_repeats(clock):
    quick, slow = Race([clock.method("quick", 0.01), clock.method("slow", 1.5)], repeats=7).run(make_pair())
    assert len(quick.times_ms) == 7
    assert len(slow.times_ms) == 3
    assert clock.calls.count("slow") == 4  # one run-up told that it is slow


def test_pixels_of_unknown_truth_do_not_count():
    pair = make_pair()
    one = score("a", pair, np.broadcast_to(np.float32([3.0, 4.0]), pair.flow.shape), [1.0, 9.0, 2.0])
    assert (one.aepe_px, one.outliers, one.median_ms) == (5.0, 1.0, 2.0)
    assert one.aae_deg == pytest.approx(np.degrees(np.arccos(1 / np.sqrt(26.0))))
    assert (one.width, one.height) == (6, 4)


@pytest.mark.parametrize("vector", [(np.nan, 0.0), (0.0, np.inf)])
def test_a_method_without_a_finite_answer_ends_the_run(clock, vector):
    with pytest.raises(MotionError, match="A gives no finite flow"):
        Race([clock.method("a", 0.01, flow=vector)], repeats=1).run(make_pair())


def test_a_method_that_fails_is_named():
    def calc(_image0, _image1):
        raise ValueError("too small")

    with pytest.raises(MotionError, match="A fails on Venus, frame10: too small"):
        Race([Method("a", "A", False, calc)], repeats=1).run(make_pair())


def test_summaries_are_means_over_pairs(clock):
    methods = [clock.method("ours", 0.0, ours=True), clock.method("dis-fast", 0.0)]
    scores = [
        Score("ours", "A", "1", 1000, 1000, 0.1, 1.0, 0.0, (1.0, 2.0, 30.0)),
        Score("ours", "A", "2", 1000, 1000, 0.3, 2.0, 0.1, (2.0,)),
        Score("ours", "B", "1", 500, 1000, 0.5, 3.0, 0.2, (5.0,)),
        *(Score("dis-fast", name, "1", 1000, 1000, 0.7, 4.0, 0.3, (6.0,)) for name in ("A", "A", "B")),
    ]
    ours, peer = summarise(methods, scores)
    assert ours.sequences_px == pytest.approx({"A": 0.2, "B": 0.5})
    assert ours.aepe_px == pytest.approx(0.3)
    assert ours.aae_deg == pytest.approx(2.0)
    assert ours.outliers == pytest.approx(0.1)
    assert ours.median_ms == pytest.approx(3.0)
    assert ours.ms_per_megapixel == pytest.approx((2.0 + 2.0 + 10.0) / 3)
    assert ours.relative_time == pytest.approx({"dis-fast": 0.5})
    assert peer.relative_time == {"dis-fast": 1.0}
    assert (ours.ours, peer.ours) == (True, False)
