"""Measures of the synthetic scenes agree with numbers computed from their exact motion, with preset accurate."""

import math

import pytest

from benchmarks.measures import judge


@pytest.mark.parametrize(
    ("scene", "width", "height", "frames"),
    [
        ("moving-arm", 480, 360, 4),
        ("translation", 320, 240, 6),
        ("rotation", 320, 240, 6),
        ("zoom", 320, 240, 6),
        ("crossing", 320, 240, 6),
    ],
)
def test_measures_are_those_of_the_truth(scene, width, height, frames):
    found = judge(scene, "accurate", width, height, frames)
    assert abs(found.mean) <= 0.03
    assert math.isnan(found.direction_deg[0]) or max(found.direction_deg) <= 2.0
    assert max(found.centroid_px) <= 2.0
    assert math.isnan(found.derivative) or abs(found.derivative) <= 0.05
    assert found.valid > 0.95
    assert math.isnan(found.direction_deg[0]) == (scene in ("rotation", "zoom"))
    assert math.isnan(found.derivative) == (scene not in ("rotation", "zoom"))
