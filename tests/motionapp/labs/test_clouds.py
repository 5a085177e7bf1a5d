"""Points to learn from: what presets are, what is tested on, and what scaling does."""

import numpy as np
import pytest
from scipy.optimize import linprog

from motionapp.labs import clouds

PRESETS = ("xor", "two blobs", "ring", "spiral")


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_balanced_within_the_plane_and_the_same_for_a_seed(name):
    one, again, other = clouds.preset(name, 3), clouds.preset(name, 3), clouds.preset(name, 4)
    assert one.places.shape == (clouds.COUNT, 2)
    assert np.abs(one.places).max() <= 1
    assert np.bincount(one.labels).tolist() == [clouds.COUNT // 2] * 2
    np.testing.assert_array_equal(one.places, again.places)
    assert not np.array_equal(one.places, other.places)


def test_xor_puts_opposite_quarters_together():
    cloud = clouds.preset("xor", 0)
    np.testing.assert_array_equal(cloud.places.prod(axis=1) < 0, cloud.labels == 1)


def test_a_ring_surrounds_its_middle():
    cloud = clouds.preset("ring", 0)
    radius = np.hypot(*cloud.places.T)
    assert radius[cloud.labels == 0].max() < radius[cloud.labels == 1].min()


def test_every_fourth_point_of_each_class_is_tested_on_and_stays_so_while_one_paints():
    cloud = clouds.preset("xor", 0)
    for label in (0, 1):
        assert cloud.tested[cloud.labels == label].tolist() == [False, False, False, True] * 25
    fewer = clouds.cloud(cloud.places[:37], cloud.labels[:37])
    np.testing.assert_array_equal(fewer.tested, cloud.tested[:37])


def test_scaling_brings_training_points_to_mean_0_and_spread_1():
    x = clouds.measured(clouds.preset("two blobs", 0).places)
    assert abs(x.mean()) > 5
    centred, scaled = (clouds.scaling(x, kind).apply(x) for kind in ("zero-centre", "zero-centre and scale"))
    np.testing.assert_allclose(centred.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(centred.std(axis=0), x.std(axis=0))
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    np.testing.assert_array_equal(clouds.scaling(x, "none").apply(x), x)


@pytest.mark.parametrize("x", [np.zeros((0, 2)), np.ones((1, 2)), np.ones((3, 2))])
def test_points_without_spread_are_no_numbers_lost(x):
    found = clouds.scaling(x, "zero-centre and scale")
    assert np.isfinite(found.apply(np.ones((2, 2)))).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PRESETS)
def test_which_points_a_line_parts_is_what_a_linear_program_finds(name, seed):
    found = clouds.preset(name, seed)
    signs = 2.0 * found.labels - 1.0
    rows = -signs[:, None] * np.column_stack((found.places, np.ones(len(signs))))
    feasible = linprog(np.zeros(3), rows, -np.ones(len(signs)), bounds=(None, None)).status == 0
    assert clouds.parted_by_a_line(found.places, found.labels) is feasible
    assert not feasible or name == "two blobs"


@pytest.mark.parametrize(
    ("places", "labels", "parted"),
    [
        ([[0, 0], [1, 0]], [0, 1], True),
        ([[0, 0], [0, 0]], [0, 1], False),
        ([[0, 0], [1, 0], [2, 0]], [0, 1, 0], False),
        ([[0, 0], [1, 1], [2, 0]], [0, 1, 0], True),
        ([[0, 0], [1, 1]], [0, 0], True),
    ],
)
def test_points_on_one_another_and_in_a_row_are_told_right(places, labels, parted):
    assert clouds.parted_by_a_line(np.array(places, float), np.array(labels)) is parted
