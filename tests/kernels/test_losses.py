import doctest

import numpy as np
import pytest

from kernels import losses
from tests.kernels import naive_network as naive


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(losses).failed == 0


def test_softmax_gives_probabilities_also_of_huge_logits():
    p = losses.softmax(np.array([[1e4, -1e4, 0.0], [3.0, 3.0, 3.0]], np.float32))
    assert p.dtype == np.float32
    np.testing.assert_allclose(p, [[1, 0, 0], [1 / 3] * 3], atol=1e-7)


def test_cross_entropy_is_the_mean_of_minus_the_logarithm_of_the_right_probability():
    logits, labels = np.random.default_rng(0).standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
    loss, _ = losses.cross_entropy(logits, labels)
    assert loss == pytest.approx(-np.log(losses.softmax(logits)[np.arange(5), labels]).mean())


def test_cross_entropy_is_exact_where_the_probability_underflows():
    assert losses.cross_entropy(np.array([[0.0, 1000.0]], np.float32), np.array([0]))[0] == 1000


def test_gradients_equal_finite_differences():
    rng = np.random.default_rng(0)
    outputs, targets, labels = rng.standard_normal((4, 3)), rng.standard_normal((4, 3)), np.array([2, 0, 1, 1])
    for loss, target in ((losses.cross_entropy, labels), (losses.euclidean, targets)):
        slopes = naive.slopes(lambda loss=loss, target=target: loss(outputs, target)[0], outputs)
        assert naive.relative_difference(loss(outputs, target)[1], slopes) < 1e-8


def test_euclidean_is_half_the_squared_distance_per_sample():
    loss, gradient = losses.euclidean(np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 4.0]]))
    assert loss == pytest.approx((0.5 * 5 + 0.5 * 16) / 2)
    assert gradient.tolist() == [[0.5, 1.0], [0.0, -2.0]]


def test_outputs_that_are_not_finite_give_a_loss_that_is_not_finite():
    assert not np.isfinite(losses.cross_entropy(np.array([[np.nan, 0.0]]), np.array([0]))[0])
    assert not np.isfinite(losses.euclidean(np.array([[np.inf]]), np.array([[0.0]]))[0])


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.array([0, 1, 2]), "labels must be 2 whole numbers"),
        (np.array([0.0, 1.0]), "labels must be 2 whole numbers, got float64"),
        (np.array([0, 3]), "labels must lie in 0 … 2, got 0 … 3"),
        (np.array([-1, 0]), "labels must lie in 0 … 2"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, said):
    with pytest.raises(ValueError, match=said):
        losses.cross_entropy(np.zeros((2, 3)), labels)


def test_targets_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"targets must have shape \(2, 3\), got \(2, 1\)"):
        losses.euclidean(np.zeros((2, 3)), np.zeros((2, 1)))
