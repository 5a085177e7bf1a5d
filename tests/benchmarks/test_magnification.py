import json

import numpy as np
import pytest

from benchmarks.magnification import main
from benchmarks.waves import grating, grating_moved_px, shifted, texture_gain, texture_spectrum


@pytest.mark.parametrize("moved_px", [-0.7, 0.0, 0.05, 1.3])
def test_a_grating_is_measured_where_it_is(moved_px):
    assert grating_moved_px(grating(8.0, 0.7, moved_px), 8.0, 0.7) == pytest.approx(moved_px, abs=0.01)


def test_a_texture_that_moves_as_asked_has_gain_one_of_whatever_waves():
    spectrum = texture_spectrum(64)
    moved = shifted(spectrum, 0.03, 0.04)
    for shortest_px in (1.0, 4.0, 16.0):
        assert texture_gain(moved, spectrum, 0.03, 0.04, shortest_px) == pytest.approx(1.0, abs=0.01)
    assert texture_gain(shifted(spectrum, 0.0, 0.0), spectrum, 0.03, 0.04, 4.0) == pytest.approx(0.0, abs=1e-9)


def test_the_command_prints_gains_and_times(capsys):
    assert main(["--method", "riesz", "--frames", "2", "--size", "64x48", "--json"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    told = json.loads(last)
    assert np.allclose(told["riesz"]["gratings"]["8.0"], 1.0, atol=0.05)
    assert told["riesz"]["texture"]["4.0"] > 0.8
    assert len(told["riesz"]["ms on 1"]["kernel"]) == 2
    assert told["conditions"]["workers"] >= 1
