import numpy as np
import pytest

from kernels import descent, energy, solver
from kernels.linearise import linearise
from tests.kernels import naive_energy

SHAPES = [(1, 1), (1, 7), (5, 1), (2, 2), (7, 9), (13, 6)]


def system_of(shape, seed=0, robust=True):
    rng = np.random.default_rng(seed)
    image0, image1 = rng.random((2, *shape), dtype=np.float32)
    flow = rng.normal(0, 0.5, (2, *shape)).astype(np.float32)
    lines = linearise(image0, image1, np.zeros_like(flow))
    weights = energy.Weights(alpha=0.3, beta=0.2, kappa=5.0, robust=robust)
    alphas = energy.edges(image0, weights)
    return lines, (alphas, weights), energy.weigh(lines, flow, flow, alphas, weights), flow


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("method", descent.METHODS)
def test_steps_equal_the_textbook_form_on_dense_matrices(shape, method):
    _, _, system, flow = system_of(shape)
    found, _ = solver.descend(system, flow, np.zeros_like(flow), descent.coefficients(method, 9), 0.45)
    expected = naive_energy.descend(system, flow, method, 9, 0.45, descent.MOMENTUM)
    np.testing.assert_allclose(found, expected, atol=2e-4)


@pytest.mark.parametrize("method", descent.METHODS)
def test_many_steps_at_once_equal_single_steps_to_the_bit(method, set_workers):
    _, _, system, flow = system_of((37, 21))
    rule = descent.coefficients(method, 12)
    results = []
    for count in (1, 2, 4):
        set_workers(count)
        results.append(solver.descend(system, flow, np.zeros_like(flow), rule, 0.5)[0])
    one, velocity = flow, np.zeros_like(flow)
    for row in range(len(rule)):
        one, velocity = solver.descend(system, one, velocity, rule[row : row + 1], 0.5)
    for result in results:
        assert np.array_equal(result, one)


def test_steepest_momentum_and_nesterov_reach_the_same_minimum():
    _, _, system, flow = system_of((8, 8), robust=False)
    matrix, constant = naive_energy.dense_system(system)
    minimum = np.linalg.solve(matrix, -constant).reshape(flow.shape)
    for method, iterations in (("steepest", 4000), ("momentum", 2000), ("nesterov", 1000)):
        rule = descent.coefficients(method, iterations)
        found, _ = solver.descend(system, flow, np.zeros_like(flow), rule, 0.5)
        assert np.abs(found - minimum).max() < 2e-3, method


@pytest.mark.parametrize("step", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("robust", [True, False])
def test_energy_never_rises_below_the_bound(step, robust):
    lines, weights, system, flow = system_of((16, 18), robust=robust)
    prior, velocity = flow.copy(), np.zeros_like(flow)
    rule = descent.coefficients("steepest", 1)
    energies = [sum(energy.energy(lines, flow, prior, *weights))]
    for _ in range(40):
        flow, velocity = solver.descend(system, flow, velocity, rule, step)
        energies.append(sum(energy.energy(lines, flow, prior, *weights)))
        system = energy.weigh(lines, flow, prior, *weights)
    assert energies[-1] < 0.9 * energies[0]
    assert np.diff(energies).max() <= 1e-6 * energies[0]


def test_step_size_above_the_bound_diverges_without_a_crash():
    lines, weights, system, flow = system_of((16, 18), robust=False)
    before = sum(energy.energy(lines, flow, flow, *weights))
    moved, _ = solver.descend(system, flow, np.zeros_like(flow), descent.coefficients("nesterov", 12), 2.5)
    assert sum(energy.energy(lines, moved, flow, *weights)) > 100 * before


def test_inputs_are_left_as_they_were():
    _, _, system, flow = system_of((7, 9))
    velocity = np.zeros_like(flow)
    copies = system.copy(), flow.copy()
    solver.descend(system, flow, velocity, descent.coefficients("nesterov", 3), 0.5)
    assert np.array_equal(system, copies[0])
    assert np.array_equal(flow, copies[1])
    assert (velocity == 0).all()
