"""Learning in pieces: the same after n steps, however they were taken."""

import numpy as np
import pytest

from kernels.descent import Descent
from kernels.losses import cross_entropy, euclidean
from kernels.network import mlp, perceptron
from motionapp.labs.learner import MOST_STEPS, Learner, Rule, Task

NOTHING = np.zeros((0, 2)), np.zeros(0, np.int64)


def points(count=20, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, 2))
    return x, (x[:, 0] > 0).astype(np.int64)


def learner(batch=5, method="adam", rate=0.05, count=20, test=NOTHING):
    network = mlp(2, 3, 2)
    task = Task(*points(count), *test, cross_entropy)
    return Learner(network, task, Rule(method, rate, batch, 1), lambda: network.initial(1, np.float64))


def test_pieces_lead_where_one_stretch_leads():
    at_once, in_pieces = learner(), learner()
    at_once.advance(23)
    for steps in (1, 2, 10, 23):
        in_pieces.advance(steps)
    np.testing.assert_array_equal(at_once.parameters, in_pieces.parameters)
    assert at_once.losses == in_pieces.losses
    assert len(at_once.losses) == at_once.steps == 23


def test_a_batch_of_all_is_plain_descent():
    found = learner(batch=100, method="steepest", rate=0.3)
    found.advance(4)
    network, (x, labels) = found.network, points()
    expected, rule = network.initial(1, np.float64), Descent("steepest", 0.3)
    for _ in range(4):
        rule.step(expected, network.gradient(expected, x, labels)[1])
    np.testing.assert_array_equal(found.parameters, expected)
    assert found.epoch == 4


@pytest.mark.parametrize("batch", [1, 3, 7, 20])
def test_every_sample_is_seen_once_before_any_is_seen_again(batch):
    found, seen = learner(batch=batch), []
    for _ in range(-(-20 // batch)):
        chosen = found._next()
        seen.append(np.arange(20)[chosen])
    assert sorted(np.concatenate(seen).tolist()) == list(range(20))


def test_the_test_is_judged_and_not_learned_from():
    other = points(8, seed=9)
    with_test, without = learner(test=other), learner()
    for one in (with_test, without):
        one.advance(6)
    np.testing.assert_array_equal(with_test.parameters, without.parameters)
    network = with_test.network
    assert (
        with_test.test_losses[0]
        == cross_entropy(network.forward(network.initial(1, np.float64), other[0]), other[1])[0]
    )
    assert np.isnan(without.test_losses).all()


def test_a_history_is_thinned_and_keeps_its_steps():
    found = learner()
    found.advance(50)
    steps, losses, _ = found.history(20)
    assert steps.tolist() == list(range(0, 50, 3))
    assert losses.tolist() == found.losses[::3]


def test_it_ends_where_it_diverges_or_has_nothing_to_learn():
    x = np.linspace(-1, 1, 9)[:, None]
    network, task = perceptron(1, 1), Task(x, 2 * x + 1, x[:0], x[:0], euclidean)
    wild = Learner(network, task, Rule("steepest", 1e9, 100, 0), lambda: network.initial(0, np.float64))
    wild.advance(1000)
    assert wild.diverged
    assert wild.steps < 1000
    none = learner(count=0)
    none.advance(5)
    assert none.over
    assert none.steps == none.epoch == 0


def test_no_descent_goes_on_for_ever_and_time_is_kept():
    found = learner(batch=100)
    found.advance(10, budget_s=0.0)
    assert found.steps == 1
    found.losses = [0.0] * MOST_STEPS
    found.test_losses = [0.0] * MOST_STEPS
    assert found.over


def test_other_samples_join_a_descent_that_goes_on():
    found = learner()
    found.advance(5)
    before = found.parameters.copy()
    found.teach(Task(*points(30, seed=4), *NOTHING, cross_entropy))
    np.testing.assert_array_equal(found.parameters, before)
    found.advance(6)
    assert found.steps == 6


def test_values_are_fitted_as_well_as_classes():
    network = perceptron(1, 1)
    x = np.linspace(-1, 1, 9)[:, None]
    task = Task(x, 2 * x + 1, x[:0], x[:0], euclidean)
    found = Learner(network, task, Rule("steepest", 0.5, 100, 0), lambda: network.initial(0, np.float64))
    found.advance(200)
    np.testing.assert_allclose(found.parameters, [2, 1], atol=1e-6)
