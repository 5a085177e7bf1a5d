import doctest

import numpy as np
import pytest

from kernels import descent


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(descent) == (0, 4)


def follow(method, iterations, curvature, step, start=1.0):
    """Descend on ½ c z² by the rows of a rule."""
    z, m = start, 0.0
    for mu, a, b in descent.coefficients(method, iterations).astype(np.float64):
        d = step * curvature * z
        z, m = z + a * m - b * d, mu * m - d
    return z


def test_steepest_descent_shrinks_by_a_constant_factor():
    assert follow("steepest", 10, 1.0, 0.1) == pytest.approx(0.9**10)


def test_momentum_follows_polyaks_recursion():
    z, before = 1.0, 1.0
    for _ in range(25):
        z, before = z - 0.1 * 0.5 * z + descent.MOMENTUM * (z - before), z
    assert follow("momentum", 25, 0.5, 0.1) == pytest.approx(z, rel=1e-6)


def test_nesterov_follows_the_two_sequence_form():
    w, before = 1.0, 1.0
    for k in range(25):
        ahead = w + k / (k + 3) * (w - before)
        w, before = ahead - 0.1 * 0.5 * ahead, w
    assert follow("nesterov", 25, 0.5, 0.1) == pytest.approx(w, rel=1e-5)


def test_nesterov_beats_steepest_descent_where_curvature_is_low():
    assert abs(follow("nesterov", 60, 0.01, 1.0)) < 0.5 * abs(follow("steepest", 60, 0.01, 1.0))


@pytest.mark.parametrize(("method", "iterations"), [("newton", 3), ("steepest", 0)])
def test_unknown_rules_and_no_steps_are_refused(method, iterations):
    with pytest.raises(ValueError, match=r"method|iterations"):
        descent.coefficients(method, iterations)


def steps_of(method, gradients, rate=0.1, **options):
    """Follow a rule along given gradients; return every position."""
    z, descent, places = np.array([1.0, -2.0]), descent_of(method, rate, **options), []
    for gradient in gradients:
        descent.step(z, gradient)
        places.append(z.copy())
    return np.array(places)


def descent_of(method, rate=0.1, **options):
    return descent.Descent(method, rate, **options)


GRADIENTS = np.random.default_rng(0).standard_normal((12, 2))


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_momentum_and_nesterov_take_the_steps_of_stochastic_gradient_descent(momentum):
    for method in ("momentum", "nesterov"):
        z, velocity, expected = np.array([1.0, -2.0]), np.zeros(2), []
        for gradient in GRADIENTS:
            velocity = momentum * velocity + gradient
            z = z - 0.1 * (velocity if method == "momentum" else gradient + momentum * velocity)
            expected.append(z)
        np.testing.assert_allclose(steps_of(method, GRADIENTS, momentum=momentum), expected, rtol=1e-12)


def test_steepest_descent_has_no_memory():
    expected = np.array([1.0, -2.0]) - 0.1 * np.cumsum(GRADIENTS, axis=0)
    np.testing.assert_allclose(steps_of("steepest", GRADIENTS), expected, rtol=1e-12)


def test_adam_takes_the_steps_of_the_paper():
    z, m, s, expected = np.array([1.0, -2.0]), np.zeros(2), np.zeros(2), []
    for t, gradient in enumerate(GRADIENTS, 1):
        m = 0.9 * m + 0.1 * gradient
        s = 0.999 * s + 0.001 * gradient**2
        z = z - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        expected.append(z)
    np.testing.assert_allclose(steps_of("adam", GRADIENTS), expected, rtol=1e-10)


def test_adams_first_step_is_as_long_as_its_rate_whatever_the_gradient():
    for size in (1e-4, 1.0, 1e6):
        z = np.zeros(1)
        descent_of("adam", 0.01).step(z, np.array([size]))
        assert z[0] == pytest.approx(-0.01, rel=1e-3)


@pytest.mark.parametrize("method", descent.NETWORK_METHODS)
def test_a_descent_moves_float32_in_place_and_starts_afresh_for_each(method):
    gradients = GRADIENTS.astype(np.float32)
    results = []
    for _ in range(2):
        z, rule = np.array([1.0, -2.0], np.float32), descent_of(method)
        for gradient in gradients:
            before = gradient.copy()
            rule.step(z, gradient)
            np.testing.assert_array_equal(gradient, before)
        assert z.dtype == np.float32
        results.append(z)
    np.testing.assert_array_equal(*results)
    np.testing.assert_allclose(results[0], steps_of(method, GRADIENTS)[-1], rtol=1e-5)


@pytest.mark.parametrize("method", descent.NETWORK_METHODS)
def test_rate_0_stands_still_and_a_huge_one_overflows_without_a_warning(method):
    z = np.ones(2, np.float32)
    descent_of(method, 0.0).step(z, np.ones(2, np.float32))
    assert z.tolist() == [1, 1]
    rule = descent_of(method, 1e30)
    for _ in range(40):
        rule.step(z, 1e30 * z)
    assert not np.isfinite(z).all() or method == "adam"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "newton"}, "method must be one of steepest, momentum, nesterov, adam, got 'newton'"),
        ({"rate": -0.1}, "rate must be 0 or more and finite, got -0.1"),
        ({"rate": float("inf")}, "rate must be 0 or more and finite"),
        ({"rate": float("nan")}, "rate must be 0 or more and finite"),
        ({"momentum": 1.0}, "momentum must lie between 0 and below 1, got 1.0"),
    ],
)
def test_rules_that_cannot_be_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        descent_of(**({"method": "momentum", "rate": 0.1} | options))


def test_gradients_of_another_shape_are_refused():
    rule = descent_of("momentum")
    rule.step(np.zeros(3), np.zeros(3))
    for parameters, gradient in ((np.zeros(3), np.zeros(2)), (np.zeros(2), np.zeros(2))):
        with pytest.raises(ValueError, match="must both have shape"):
            rule.step(parameters, gradient)


def test_trace_keeps_terms_places_and_totals():
    recorder = descent.TraceRecorder("data", "smoothness")
    recorder.add(3, 0, (2.0, 1.0))
    recorder.add(3, 1, (1.5, 1.0))
    trace = recorder.finish()
    assert trace.terms == ("data", "smoothness")
    assert trace.total.tolist() == [3.0, 2.5]
    assert trace.stage.tolist() == [3, 3]
    assert trace.round.tolist() == [0, 1]


def test_empty_trace_has_no_rows():
    assert descent.TraceRecorder("data").finish().values.shape == (0, 1)
