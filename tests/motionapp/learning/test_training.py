"""Training: learns, repeats itself to the bit, tests on what it has not seen, and survives every bad setting."""

import itertools
import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from motionapp.learning.samples import Samples
from motionapp.learning.training import TrainingRun, what_is_missing
from motionapp.settings import TrainingSettings
from motionapp.types import MotionError

from .motions import QUICK, SMALL, maps_of, recording, two_motions


def trained(samples, settings, **options):
    """A run that has come to its end, and all its reports."""
    run = TrainingRun(samples, settings, **options)
    return run, list(run.batches())


def epochs_of(reports):
    return [report.finished for report in reports if report.finished is not None]


@pytest.mark.parametrize("activation", ["relu", "leaky", "tanh", "sigmoid"])
def test_it_learns_two_motions_and_knows_them_in_recordings_it_has_not_seen(activation):
    run, reports = trained(two_motions(), replace(QUICK, activation=activation, method="adam", epochs=25))
    model = run.result()
    fresh = Samples(SMALL, ("right", "down"))
    for seed, label in itertools.product((77, 78), fresh.classes):
        fresh = fresh.with_recording(recording(label, 30, seed))
    x, labels, _ = fresh.windows()
    assert (model.probabilities(x).argmax(axis=1) == labels).mean() > 0.9
    assert epochs_of(reports)[-1].loss < 0.5 * epochs_of(reports)[0].loss


@pytest.mark.parametrize("method", ["steepest", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_the_same_seed_gives_the_same_curve_and_weights_to_the_bit(method, layers):
    settings = replace(QUICK, method=method, layers=layers, epochs=3, mirror=True, speed=0.3)
    first, one = trained(two_motions(), settings)
    second, two = trained(two_motions(), settings)
    assert [report.loss for report in one] == [report.loss for report in two]
    assert [report.gradient_norms for report in one] == [report.gradient_norms for report in two]
    np.testing.assert_array_equal(first.result().weights, second.result().weights)
    other, _ = trained(two_motions(), replace(settings, seed=1))
    assert (first.result().weights != other.result().weights).any()


def test_the_curve_is_the_same_while_other_threads_train_and_infer():
    alone, _ = trained(two_motions(), QUICK)
    x, _, _ = two_motions().windows()
    results = []

    def work():
        run, _ = trained(two_motions(), QUICK)
        run.result().probabilities(x)
        results.append(run.weights)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 3
    for weights in results:
        np.testing.assert_array_equal(weights, alone.weights)


def test_looking_back_tells_the_loss_after_a_step_and_changes_nothing():
    plain, reports = trained(two_motions(), QUICK)
    looking, seen = trained(two_motions(), QUICK, look_back=True)
    np.testing.assert_array_equal(plain.weights, looking.weights)
    assert all(report.loss_after is None for report in reports)
    assert np.mean([report.loss_after < report.loss for report in seen]) > 0.7


def test_every_window_is_seen_once_an_epoch_whatever_the_batch():
    count = len(two_motions().window_set(two_motions().split(QUICK.validation, QUICK.seed).training))
    for batch in (1, 7, count, 100_000):
        _, reports = trained(two_motions(), replace(QUICK, batch=batch, epochs=2))
        for epoch in (0, 1):
            own = [report for report in reports if report.epoch == epoch]
            assert sum(report.samples for report in own) == count
            assert [report.batch for report in own] == list(range(own[0].batches))
            assert own[-1].finished.loss == pytest.approx(
                np.average([r.loss for r in own], weights=[r.samples for r in own])
            )
        assert [report.step for report in reports] == list(range(1, len(reports) + 1))


def test_preprocessing_is_learned_on_the_training_part_only():
    samples = two_motions()
    split = samples.split(QUICK.validation, QUICK.seed)
    wild = {one.id for one in split.validation}
    changed = replace(
        samples,
        recordings=tuple(replace(one, maps=1000 * one.maps) if one.id in wild else one for one in samples.recordings),
    )
    assert TrainingRun(changed, QUICK).preprocessing == TrainingRun(samples, QUICK).preprocessing


def test_the_best_weights_are_those_of_the_lowest_validation_loss():
    run, reports = trained(two_motions(), replace(QUICK, rate=0.1, epochs=12, patience=12))
    epochs = epochs_of(reports)
    model = run.result()
    lowest = min(epochs, key=lambda epoch: epoch.validation_loss)
    assert model.figures.best_epoch == lowest.epoch
    assert [epoch.epoch for epoch in epochs if epoch.best][-1] == lowest.epoch
    x, labels, _ = two_motions().windows(run.split.validation)
    found = model.probabilities(x)
    assert -np.log(found[np.arange(len(x)), labels]).mean() == pytest.approx(lowest.validation_loss, rel=1e-3, abs=1e-6)
    confusion = np.zeros((2, 2), np.int64)
    np.add.at(confusion, (labels, found.argmax(axis=1)), 1)
    np.testing.assert_array_equal(model.figures.confusion, confusion)


def test_it_stops_early_where_nothing_gets_better():
    run, reports = trained(two_motions(), replace(QUICK, rate=0.0, epochs=50, patience=3))
    assert len(epochs_of(reports)) == 4
    assert "no better for 3 epochs" in run.ended
    assert run.result().figures.best_epoch == 0


def test_a_rate_of_0_leaves_the_first_weights():
    run, _ = trained(two_motions(), replace(QUICK, rate=0.0))
    np.testing.assert_array_equal(run.result().weights, run.network.initial(QUICK.seed))


@pytest.mark.parametrize("method", ["steepest", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_divergence_ends_it_is_told_and_leaves_finite_weights(method, activation):
    settings = replace(QUICK, rate=1e6, method=method, activation=activation)
    run, reports = trained(two_motions(), settings)
    assert run.diverged
    assert run.ended.startswith("diverged at step")
    assert "lower the learning rate" in run.ended
    assert not reports[-1].loss < 100 or not np.isfinite(run.weights).all()
    assert np.isfinite(run.result().weights).all()
    assert np.isfinite(run.result(newest=True).weights).all()


def test_divergence_later_on_keeps_the_best_weights_before(monkeypatch):
    run = TrainingRun(two_motions(), QUICK)
    for report in run.batches():
        if report.epoch == 2:
            run.weights[:] = np.nan
    assert run.diverged
    assert run.result().figures.best_epoch >= 0
    assert np.isfinite(run.result().weights).all()


def test_stop_ends_it_after_the_step_in_work():
    run = TrainingRun(two_motions(), replace(QUICK, epochs=10_000, patience=10_000))
    reports = []
    for report in run.batches():
        reports.append(report)
        if len(reports) == 11:
            run.stop()
    assert len(reports) == 11
    assert run.ended == "stopped"
    assert run.result().figures.best_epoch >= 0


def test_stopped_in_the_first_epoch_the_newest_weights_are_what_there_is():
    run = TrainingRun(two_motions(), QUICK)
    for _ in run.batches():
        run.stop()
    np.testing.assert_array_equal(run.result().weights, run.weights)
    assert run.result().figures.best_epoch == -1


def test_other_recordings_to_test_on_may_be_given():
    tested = (recording("right", 30, 50), recording("down", 30, 51))
    run, reports = trained(two_motions(2), QUICK, validation=tested)
    assert run.split.validation == tested
    assert len(run.split.training) == 4
    assert epochs_of(reports)[-1].confusion.sum() == 2 * two_motions().windows_in(tested[0])


def test_without_a_validation_part_the_training_loss_decides():
    run, reports = trained(two_motions(2), replace(QUICK, validation=0.0))
    epoch = epochs_of(reports)[-1]
    assert math.isnan(epoch.validation_loss)
    assert math.isnan(run.result().figures.validation_accuracy)
    assert epoch.confusion.sum() == len(two_motions(2).window_set())
    assert run.result().figures.best_epoch >= 0


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (Samples(), "two classes"),
        (Samples(SMALL, ("right",)).with_recording(recording("right")), "two classes"),
        (Samples(SMALL, ("right", "up, down")).with_recording(recording("right")), "no sample of “up, down”"),
        (
            Samples(SMALL, ("right", "down")).with_recording(recording("right")).with_recording(recording("down", 3)),
            "no sample of “down”",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_what_is_missing(samples, message):
    assert message in what_is_missing(samples)
    with pytest.raises(MotionError, match=message):
        TrainingRun(samples, QUICK)


def test_one_sample_of_each_class_is_enough_to_begin():
    samples = Samples(SMALL, ("right", "down"))
    for label in samples.classes:
        samples = samples.with_recording(recording(label, SMALL.span))
    run, reports = trained(samples, QUICK)
    assert reports
    assert len(run.split.notes) == 2
    assert np.isfinite(run.result().weights).all()


def test_maps_too_small_for_the_layers_are_refused_by_their_size():
    small = replace(SMALL, rows=8, columns=8)
    samples = Samples(small, ("right", "down"))
    for label in samples.classes:
        samples = samples.with_recording(recording(label, settings=small))
    with pytest.raises(MotionError, match=r"8×8 cells are too small for 3 layers"):
        TrainingRun(samples, replace(QUICK, layers=3))


def test_maps_that_never_move_train_without_a_warning():
    samples = Samples(SMALL, ("right", "down"))
    for label in samples.classes:
        still = replace(recording(label), maps=np.zeros((30, *maps_of("right", 1).shape[1:]), np.float32))
        samples = samples.with_recording(still)
    run, _ = trained(samples, QUICK)
    assert run.result().figures.loss == pytest.approx(math.log(2), abs=0.05)


def test_samples_and_settings_are_left_as_they_were():
    samples = two_motions(2)
    before = [one.maps.copy() for one in samples.recordings]
    trained(samples, replace(QUICK, mirror=True, speed=0.5))
    for one, maps in zip(samples.recordings, before, strict=True):
        np.testing.assert_array_equal(one.maps, maps)


def test_the_default_network_is_the_one_of_the_lectures():
    from kernels.layers import Convolution, Dense, MaxPool, ReLU
    from motionapp.learning.architecture import build, layer_names
    from motionapp.settings import MapSettings

    network = build(TrainingSettings(), MapSettings(), 3)
    expected = (Convolution(8, 3), ReLU(), MaxPool(2), Convolution(16, 3), ReLU(), MaxPool(2), Dense(3))
    assert network.layers == expected
    assert network.shapes[0] == (8, 36, 48)
    assert layer_names(network)[0] == "convolution 8"


def with_final(**changes):
    return replace(QUICK, final=4, **changes)


def test_the_final_epochs_learn_from_all_samples_at_a_falling_rate():
    samples, before = two_motions(), trained(two_motions(), QUICK)[0].result()
    run, reports = trained(samples, with_final())
    last = [report for report in reports if report.epoch >= QUICK.epochs]
    assert {report.epoch for report in last} == {6, 7, 8, 9}
    for epoch in (6, 9):
        assert sum(report.samples for report in last if report.epoch == epoch) == len(samples.window_set())
    assert sorted({report.rate for report in last}) == pytest.approx([0.005, 0.01, 0.015, 0.02])
    assert run.ended == "all 6 epochs done, then 4 with all samples"
    model = run.result()
    np.testing.assert_array_equal(model.weights, run.weights)
    assert sum(model.figures.counts) == len(samples.window_set())
    assert (model.weights != before.weights).any()


def test_the_figures_stay_those_of_windows_not_yet_learned():
    plain, (run, reports) = trained(two_motions(), QUICK)[0].result(), trained(two_motions(), with_final())
    figures = run.result().figures
    for name in ("best_epoch", "loss", "validation_loss", "validation_accuracy", "confusion"):
        assert getattr(figures, name) == getattr(plain.figures, name)
    assert figures.epochs == QUICK.epochs + 4
    for epoch in epochs_of(reports)[QUICK.epochs :]:
        assert math.isnan(epoch.validation_loss)
        assert not epoch.best
        np.testing.assert_array_equal(epoch.confusion, figures.confusion)


def test_the_final_epochs_too_are_the_same_to_the_bit():
    (first, one), (second, two) = (trained(two_motions(), with_final()) for _ in range(2))
    assert [report.loss for report in one] == [report.loss for report in two]
    np.testing.assert_array_equal(first.result().weights, second.result().weights)


def test_stopped_in_the_final_epochs_the_best_weights_before_are_kept():
    plain = trained(two_motions(), QUICK)[0].result()
    run = TrainingRun(two_motions(), with_final())
    for report in run.batches():
        if report.epoch == QUICK.epochs + 1:
            run.stop()
    assert run.ended == "stopped"
    np.testing.assert_array_equal(run.result().weights, plain.weights)
    assert run.result().figures.counts == plain.figures.counts


def test_diverged_in_the_final_epochs_the_best_weights_before_are_kept():
    plain = trained(two_motions(), QUICK)[0].result()
    run = TrainingRun(two_motions(), with_final())
    for report in run.batches():
        if report.epoch == QUICK.epochs + 1:
            run.weights[:] = np.nan
    assert run.diverged
    np.testing.assert_array_equal(run.result().weights, plain.weights)


def test_nothing_is_learned_from_recordings_given_to_test_on():
    tested = (recording("right", 30, 50), recording("down", 30, 51))
    run, reports = trained(two_motions(2), with_final(), validation=tested)
    assert len(epochs_of(reports)) == QUICK.epochs
    assert sum(run.result().figures.counts) == len(two_motions(2).window_set())
