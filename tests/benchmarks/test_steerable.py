"""The race of steerable pyramids: turns, medians, and what counts as apart."""

import numpy as np
import pytest

from benchmarks import steerable
from kernels.steerable import SteerablePyramid


def test_methods_take_turns_and_the_first_run_does_not_count(monkeypatch):
    now_s, calls = [0.0], []
    monkeypatch.setattr(steerable.time, "perf_counter", lambda: now_s[0])

    def method(name, seconds):
        def spend(what, *_):
            calls.append(name + what)
            now_s[0] += seconds if calls.count(name + what) > 1 else 100.0
            return what

        return lambda: spend("+"), lambda bands: spend("-", bands)

    times = steerable.race({"a": method("a", 0.001), "b": method("b", 0.002)}, repeats=3)
    assert calls == ["a+", "a-", "b+", "b-"] * 4
    assert times["a"] == pytest.approx((1, 1))
    assert times["b"] == pytest.approx((2, 2))


def test_the_difference_is_that_of_the_worst_piece_in_parts_of_its_largest_coefficient():
    bands = SteerablePyramid((128, 128), steerable.LEVELS - 1, steerable.ORDER).build(np.eye(128))
    peer = {"residual_highpass": bands.high, "residual_lowpass": bands.low}
    peer |= {(i, b): band for i, level in enumerate(bands.oriented) for b, band in enumerate(level)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steerable, "LEVELS", steerable.LEVELS - 1)
        assert steerable.difference(bands, peer) == 0
        peer[1, 2] = 1.5 * peer[1, 2]
        assert steerable.difference(bands, peer) == pytest.approx(1 / 3)
