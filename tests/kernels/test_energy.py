import numpy as np
import pytest

from kernels import energy
from kernels.linearise import linearise
from tests.kernels import naive_energy

SHAPES = [(1, 1), (1, 5), (6, 1), (2, 3), (7, 9)]
WEIGHTS = [
    energy.Weights(alpha=0.7, beta=0.3, gamma=1.0, kappa=10.0),
    energy.Weights(alpha=0.2, beta=0.0, gamma=0.0),
    energy.Weights(alpha=0.5, beta=0.4, gamma=2.0, robust=False),
    energy.Weights(alpha=0.5, beta=0.1, gamma=0.5, delta=0.7, brightness=0.3),
]


def case(shape, seed=0):
    """Two pictures, random, and two fields; shapes of three numbers make pictures with planes of colour."""
    rng = np.random.default_rng(seed)
    image0, image1 = rng.random((2, *shape), dtype=np.float32)
    flow, prior = rng.normal(0, 0.6, (2, 2, *shape[-2:])).astype(np.float32)
    return image0, image1, flow, prior


@pytest.mark.parametrize("shape", [*SHAPES, *((3, *shape) for shape in SHAPES)])
def test_linearisation_equals_the_slow_oracle(shape):
    image0, image1, flow, _ = case(shape)
    expected = naive_energy.linearise(image0, image1, flow)
    np.testing.assert_allclose(linearise(image0, image1, flow), expected, atol=2e-4)


def test_constraints_are_distances_that_vanish_for_the_true_translation():
    y, x = np.mgrid[:40, :40].astype(np.float32)
    image0 = 0.5 + 0.2 * np.sin(x / 5) * np.cos(y / 6)
    image1 = 0.5 + 0.2 * np.sin((x - 0.3) / 5) * np.cos((y + 0.2) / 6)
    lines = linearise(image0, image1, np.zeros((2, 40, 40), np.float32))
    inner = np.s_[6:-6, 6:-6]
    for k in range(3):
        nx, ny, d = lines[3 * k : 3 * k + 3]
        assert np.hypot(nx, ny).max() <= 1.0
        assert np.abs(nx * 0.3 - ny * 0.2 + d)[inner].max() < 0.02


def test_pixels_that_leave_the_view_constrain_nothing():
    image0, image1, _, _ = case((7, 9))
    flow = np.zeros((2, 7, 9), np.float32)
    flow[0, :, 6:] = 3.0
    lines = linearise(image0, image1, flow)
    assert (lines[:, :, 6:] == 0).all()
    assert (lines[:3, 2:5, 2:5] != 0).any()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("planes", [1, 3])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_value_of_every_term_equals_the_slow_oracle(shape, planes, weights):
    image0, image1, flow, prior = case((planes, *shape))
    lines = linearise(image0, image1, flow)
    grey, flow = image0[0], flow + np.float32(0.1)
    expected = naive_energy.energy(lines.astype(np.float64), flow, prior, grey, weights) / grey.size
    np.testing.assert_allclose(
        energy.energy(lines, flow, prior, energy.edges(grey, weights), weights), expected, rtol=2e-5, atol=1e-6
    )


@pytest.mark.parametrize("planes", [1, 3])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_gradient_equals_finite_differences_of_the_value(weights, planes):
    image0, image1, flow, prior = case((planes, 4, 5))
    lines = linearise(image0, image1, flow).astype(np.float64)
    image0 = image0[0]
    found = energy.gradient(
        energy.weigh(lines.astype(np.float32), flow, prior, energy.edges(image0, weights), weights), flow
    )
    flow, step = flow.astype(np.float64), 1e-5
    expected = np.zeros_like(flow)
    for place in np.ndindex(flow.shape):
        sides = []
        for sign in (1, -1):
            moved = flow.copy()
            moved[place] += sign * step
            sides.append(naive_energy.energy(lines, moved, prior, image0, weights).sum())
        expected[place] = (sides[0] - sides[1]) / (2 * step)
    assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("weights", WEIGHTS)
def test_quadratic_touches_the_functional_and_bounds_it_from_above(weights):
    image0, image1, flow, prior = case((5, 6))
    lines = linearise(image0, image1, flow).astype(np.float64)
    matrix, constant = naive_energy.dense_system(
        energy.weigh(lines.astype(np.float32), flow, prior, energy.edges(image0, weights), weights)
    )

    def quadratic(w):
        return 0.5 * w.ravel() @ matrix @ w.ravel() + constant @ w.ravel()

    def functional(w):
        return naive_energy.energy(lines, w, prior, image0, weights).sum()

    start = flow.astype(np.float64)
    rng = np.random.default_rng(3)
    for size in (1e-3, 0.1, 1.0, 10.0):
        other = start + rng.normal(0, size, start.shape)
        gap = (quadratic(other) - quadratic(start)) - (functional(other) - functional(start))
        assert gap > -1e-4 * (1 + abs(functional(other)))


def test_equal_pictures_at_rest_have_no_energy_and_no_gradient():
    image, _, _, _ = case((6, 7))
    still = np.zeros((2, 6, 7), np.float32)
    lines, alphas = linearise(image, image, still), energy.edges(image, WEIGHTS[0])
    assert energy.energy(lines, still, still, alphas, WEIGHTS[0]) == (0.0, 0.0, 0.0)
    assert (energy.gradient(energy.weigh(lines, still, still, alphas, WEIGHTS[0]), still) == 0).all()


def test_result_does_not_depend_on_the_number_of_workers(set_workers):
    image0, image1, flow, prior = case((41, 30))
    found = []
    for count in (1, 2, 4):
        set_workers(count)
        lines, alphas = linearise(image0, image1, flow), energy.edges(image0, WEIGHTS[0])
        system = energy.weigh(lines, flow, prior, alphas, WEIGHTS[0])
        value = energy.energy(lines, flow, prior, alphas, WEIGHTS[0])
        found.append((lines, alphas, system, value, energy.gradient(system, flow)))
    for other in found[1:]:
        for one, same in zip(found[0], other, strict=True):
            assert np.array_equal(one, same)


def test_inputs_are_left_as_they_were():
    image0, image1, flow, prior = case((7, 9))
    copies = [array.copy() for array in (image0, image1, flow, prior)]
    lines, alphas = linearise(image0, image1, flow), energy.edges(image0, WEIGHTS[0])
    energy.gradient(energy.weigh(lines, flow, prior, alphas, WEIGHTS[0]), flow)
    energy.energy(lines, flow, prior, alphas, WEIGHTS[0])
    for array, copy in zip((image0, image1, flow, prior), copies, strict=True):
        assert np.array_equal(array, copy)


def test_not_a_number_and_other_sizes_are_refused_by_name():
    image0, image1, flow, _ = case((4, 5))
    broken = image1.copy()
    broken[1, 2] = np.nan
    with pytest.raises(ValueError, match="image1 holds 1 NaN"):
        linearise(image0, broken, flow)
    with pytest.raises(ValueError, match="sizes differ"):
        linearise(image0, image1[:3], flow)


def test_weights_reach_the_cores_in_the_order_they_are_read():
    weights = energy.Weights(alpha=3.0, beta=5.0, gamma=7.0, kappa=11.0, delta=13.0, brightness=17.0)
    assert weights.as_array()[[0, 1, 2, 7, 8, 9]].tolist() == [3.0, 5.0, 7.0, 11.0, 13.0, 17.0]


def test_smoothness_gives_way_at_edges_of_the_picture_and_ends_at_its_border():
    image = np.array([[0.0, 0.5, 0.5], [0.0, 0.5, 0.25]], np.float32)
    right, below = energy.edges(image, energy.Weights(alpha=2.0, kappa=4.0))
    np.testing.assert_allclose(right, [[2 / 3, 2, 0], [2 / 3, 1, 0]], rtol=1e-6)
    np.testing.assert_allclose(below, [[2, 2, 1], [0, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize("shape", [*SHAPES, (41, 30)])
@pytest.mark.parametrize("planes", [1, 3])
def test_the_bound_in_one_pass_equals_linearising_and_weighing(shape, planes, set_workers):
    image0, image1, flow, prior = case((planes, *shape))
    weights = WEIGHTS[-1]
    alphas = energy.edges(image0[0], weights)
    lines = linearise(image0, image1, flow)
    expected = energy.weigh(lines, flow, prior, alphas, weights)
    found = []
    for count in (1, 2, 4):
        set_workers(count)
        found.append(energy.bound(image0, image1, flow, prior, alphas, weights))
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-5)
    assert all(np.array_equal(found[0], other) for other in found[1:])


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("planes", [1, 3])
def test_the_quadratic_bound_equals_the_slow_oracle(planes, weights):
    image0, image1, flow, prior = case((planes, 7, 9))
    lines = naive_energy.linearise(image0, image1, flow)
    expected = naive_energy.weigh(lines, flow, prior, image0[0], weights)
    found = energy.bound(image0, image1, flow, prior, energy.edges(image0[0], weights), weights)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-3 * np.abs(expected).max())
