import doctest

import numpy as np
import pytest

from benchmarks.waves import grating, grating_moved_px, magnified, shifted, texture_gain, texture_spectrum
from kernels import phase
from kernels.phase import SteerableMagnifier


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(phase)
    assert failed == 0
    assert attempted > 3


def test_the_polynomials_are_cosine_sine_and_arc_tangent():
    m = np.linspace(-phase.LARGEST_SHIFT, phase.LARGEST_SHIFT, 101)
    np.testing.assert_allclose(np.polyval(phase.EVEN[0], m * m), np.cos(m) - 1, atol=3e-6)
    np.testing.assert_allclose(m * np.polyval(phase.EVEN[1], m * m), np.sin(m), atol=3e-6)
    t = np.linspace(-1, 1, 101)
    np.testing.assert_allclose(t * np.polyval(phase._ARC, t * t), 2 * np.arctan(t), atol=3e-6)


@pytest.mark.parametrize("wavelength_px", [4.0, 5.3, 8.0, 16.0])
def test_gratings_move_by_what_was_asked_for(wavelength_px):
    for angle in np.deg2rad([0, 22.5, 45, 80, 130]):
        first, second = (grating(wavelength_px, angle, moved, 128) for moved in (0.0, 0.05))
        moved = magnified(SteerableMagnifier(first.shape), first, second, 9.0)
        assert grating_moved_px(moved, wavelength_px, angle) / 0.5 == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("alpha", [-1.0, -0.5, 3.0, 19.0])
def test_motions_can_be_taken_away_as_well(alpha):
    first, second = (grating(9.0, 0.5, moved) for moved in (0.0, 0.05))
    moved_px = grating_moved_px(magnified(SteerableMagnifier(first.shape), first, second, alpha), 9.0, 0.5)
    assert moved_px == pytest.approx(0.05 * (1 + alpha), abs=0.05 * 0.02 * abs(alpha))


@pytest.mark.parametrize(("right_px", "down_px"), [(0.05, 0.0), (0.03, 0.04)])
def test_mixed_texture_keeps_its_motion(right_px, down_px):
    spectrum = texture_spectrum()
    first, second = shifted(spectrum, 0, 0), shifted(spectrum, right_px, down_px)
    moved = magnified(SteerableMagnifier(first.shape), first, second, 9.0)
    assert 0.92 < texture_gain(moved, spectrum, right_px, down_px, shortest_px=4.0) / 10 < 1.02
