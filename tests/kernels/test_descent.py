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
