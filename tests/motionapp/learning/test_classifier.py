"""The classifier behind the panel: record, undo, train on a thread of its own, recognise, keep."""

import os
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from motionapp.estimator import MotionEstimator
from motionapp.learning.architecture import learned_kernels
from motionapp.learning.classifier import Classifier
from motionapp.learning.modelfile import write_model
from motionapp.learning.samples import Samples
from motionapp.learning.training import TrainingRun
from motionapp.scenes import SceneSource
from motionapp.settings import Settings
from motionapp.types import Frame, Motion, MotionError
from ui.learning.classifier_texts import training_text, warning_text

from ..clips import write_clip
from ..fakes import until
from .motions import QUICK, SMALL, recording, two_motions

LONG = replace(QUICK, epochs=10_000, patience=10_000)
HEIGHT, WIDTH = 48, 64


def motion(kind, index, rate_hz=25.0, first=False):
    """A frame in which a bar moves to the right or down; ``pts_s`` goes on with the index."""
    flow = np.zeros((2, HEIGHT, WIDTH), np.float32)
    if kind == "right":
        flow[0, :, 4 * index % WIDTH :][:, :4] = 2.0
    elif kind == "down":
        flow[1, 4 * index % HEIGHT :][:4] = 2.0
    frame = Frame(index, index / rate_hz, np.zeros((HEIGHT, WIDTH, 3), np.uint8), time.monotonic())
    confidence = np.ones((HEIGHT, WIDTH), np.float32)
    return Motion(frame, flow, confidence, 0.0 if first else 1 / rate_hz, Settings())


def play(classifier, kind, count=40, begin=0):
    classifier.see(motion(kind, begin, first=True))
    for index in range(begin + 1, begin + count):
        classifier.see(motion(kind, index))


@pytest.fixture
def classifier():
    made = Classifier()
    made.change(Samples(SMALL, ("right", "down")))
    made.configure(QUICK)
    yield made
    assert made.close(10)


@pytest.fixture
def taught(classifier):
    """A classifier with two recordings of each class."""
    for begin in (0, 7):
        for label in ("right", "down"):
            classifier.begin(label, "scene")
            play(classifier, label, 40, begin)
            assert classifier.end() is not None
    return classifier


def rest(classifier):
    """Wait until nothing is trained; return the status."""
    until(lambda: classifier.status().phase == "idle", "the training to end")
    return classifier.status()


def test_it_begins_empty_and_idle():
    status = Classifier().status()
    assert (status.samples.classes, status.phase, status.model, status.recognition) == ((), "idle", None, None)
    assert len(status.curves.batch_loss) == 0


def test_recording_from_begin_to_end_gives_a_labelled_recording(classifier):
    play(classifier, "right", 5)
    classifier.begin("right", "scene:zoom")
    play(classifier, "right", 20, 5)
    status = classifier.status()
    assert (status.recording, status.recording_windows) == ("right", (19 - SMALL.span) // SMALL.hop + 1)
    assert status.recording_s == pytest.approx(18 / 25)
    made = classifier.end()
    assert (made.label, made.source, len(made.maps)) == ("right", "scene:zoom", 19)
    assert made.flow == Settings().flow
    status = classifier.status()
    assert (status.recording, status.counts) == (None, {"right": status.samples.windows_in(made), "down": 0})
    assert classifier.end() is None


def test_too_short_a_recording_is_none_and_said(classifier):
    classifier.begin("right")
    play(classifier, "right", SMALL.span)
    assert classifier.end() is None
    status = classifier.status()
    assert "Too short: 6 frames of “right”, 7 make a sample" in status.notices[-1]
    assert status.noticed == 1
    assert status.samples.recordings == ()


def test_beginning_another_class_ends_the_first(classifier):
    classifier.begin("right")
    play(classifier, "right", 20)
    classifier.begin("down")
    play(classifier, "down", 20, 20)
    classifier.end()
    assert [one.label for one in classifier.status().samples.recordings] == ["right", "down"]
    with pytest.raises(ValueError, match="no class “up”"):
        classifier.begin("up")


def test_where_the_stream_jumps_back_each_stretch_is_a_recording_and_undo_takes_both(classifier):
    classifier.begin("right")
    play(classifier, "right", 20, 100)
    play(classifier, "right", 20, 3)
    classifier.end()
    lengths = [len(one.maps) for one in classifier.status().samples.recordings]
    assert lengths == [19, 19]
    assert classifier.undo()
    assert classifier.status().samples.recordings == ()
    assert not classifier.undo()


def test_undo_takes_the_last_recording_that_is_still_there(taught):
    samples = taught.status().samples
    taught.change(samples.without_recording(samples.recordings[-1].id))
    assert taught.undo()
    assert [one.id for one in taught.status().samples.recordings] == [one.id for one in samples.recordings[:2]]


def test_a_class_removed_while_it_is_recorded_is_no_failure(classifier):
    classifier.begin("right")
    play(classifier, "right", 20)
    classifier.change(classifier.status().samples.without_class("right"))
    assert classifier.end() is None
    assert classifier.status().samples.recordings == ()


def test_samples_that_do_not_fit_their_map_settings_are_refused(taught):
    samples = taught.status().samples
    with pytest.raises(ValueError, match="must have shape"):
        taught.change(replace(samples, map_settings=replace(SMALL, rows=20)))
    assert taught.status().samples is samples


def test_training_draws_the_curve_that_the_same_samples_give_anywhere(taught):
    run = TrainingRun(taught.status().samples, QUICK)
    reports = list(run.batches())
    taught.train()
    status = rest(taught)
    assert status.curves.batch_loss.tolist() == [report.loss for report in reports]
    epochs = [report.finished for report in reports if report.finished]
    assert status.curves.validation_loss.tolist() == [epoch.validation_loss for epoch in epochs]
    assert status.curves.epoch_accuracy.tolist() == [epoch.accuracy for epoch in epochs]
    assert status.curves.epoch_steps[-1] == len(reports)
    np.testing.assert_array_equal(status.model.weights, run.result().weights)
    np.testing.assert_array_equal(status.confusion, run.result().figures.confusion)
    assert status.curves.descent.total.tolist() == status.curves.batch_loss.tolist()
    assert len(status.layers) == len(status.gradient_norms) == status.curves.gradient_norms.shape[1]
    assert (status.ended, status.stale) == (run.ended, False)


def test_single_steps_and_then_the_rest_give_the_same_curve_too(taught):
    expected = [report.loss for report in TrainingRun(taught.status().samples, QUICK).batches()]
    for count in range(1, 4):
        taught.step()
        status = rest(taught)
        assert status.report.step == count
        assert status.report.loss_after is not None
        assert status.model is not None
    taught.train()
    assert rest(taught).curves.batch_loss.tolist() == expected


def test_after_training_fresh_motion_is_recognised_and_another_source_starts_anew(taught):
    taught.train()
    rest(taught)
    for label in ("right", "down"):
        play(taught, label, 40, 500)
        found = taught.status().recognition
        assert found.label == label
        assert 0 <= found.latency_s < 5
    taught.see(motion("right", 900, first=True))
    assert taught.status().recognition is None


def test_unsure_follows_the_threshold_at_once(taught):
    taught.train()
    rest(taught)
    taught.set_threshold(7)
    assert taught.status().threshold == 1.0
    taught.set_threshold(1.0)
    play(taught, "right", 30, 500)
    assert taught.status().recognition.label is None
    taught.set_threshold(0.0)
    taught.see(motion("right", 530))
    assert taught.status().recognition.label == "right"


def test_stop_ends_a_long_training_at_once_and_keeps_its_best(taught):
    taught.configure(LONG)
    taught.train()
    until(lambda: len(taught.status().curves.epoch_loss) > 2, "some epochs")
    assert taught.status().phase == "training"
    taught.train()  # without effect
    taught.stop()
    status = rest(taught)
    assert len(status.curves.epoch_loss) < LONG.epochs
    assert status.ended == "stopped"
    assert status.model.figures.best_epoch >= 0
    taught.stop()  # without effect
    steps = len(status.curves.batch_loss)
    taught.step()
    assert len(rest(taught).curves.batch_loss) == 1 < steps


def test_editing_samples_marks_the_model_stale_and_undoing_it_does_not(taught):
    taught.train()
    samples = rest(taught).samples
    taught.change(samples.with_class("more"))
    assert taught.status().stale
    taught.change(samples)
    assert not taught.status().stale
    taught.begin("right")
    play(taught, "right", 20, 60)
    taught.end()
    assert taught.status().stale
    taught.undo()
    assert not taught.status().stale


def test_samples_may_change_while_it_trains_which_makes_the_model_stale(taught):
    taught.configure(LONG)
    taught.train()
    until(lambda: len(taught.status().curves.epoch_loss) > 0, "an epoch")
    taught.change(taught.status().samples.with_class("new"))
    taught.stop()
    status = rest(taught)
    assert status.stale
    assert status.model.classes == status.confusion_classes == ("right", "down")


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (Samples(), "two classes"),
        (Samples(SMALL, ("right",)).with_recording(recording("right")), "two classes"),
        (Samples(SMALL, ("right", "down")).with_recording(recording("right")), "no sample of “down”"),
    ],
)
def test_what_stands_in_the_way_of_training_is_a_notice(classifier, samples, message):
    classifier.change(samples)
    for begin in (classifier.train, classifier.step):
        begin()
        assert message in classifier.status().notices[-1]
    assert classifier.status().phase == "idle"
    assert classifier.status().noticed == 2


def test_a_failure_within_training_is_a_notice(taught, monkeypatch):
    def broken(*_):
        raise FloatingPointError("bad luck")

    monkeypatch.setattr("motionapp.learning.training.cross_entropy", broken)
    taught.train()
    status = rest(taught)
    assert "Training failed: bad luck" in status.notices[-1]
    assert "bad luck" in status.ended
    monkeypatch.undo()
    taught.train()
    assert rest(taught).model is not None


def test_divergence_is_told_and_leaves_the_model_before_it(taught):
    taught.train()
    before = rest(taught).model
    taught.configure(replace(QUICK, rate=1e6))
    taught.train()
    status = rest(taught)
    assert "Diverged at step" in status.notices[-1]
    assert (status.figures, status.confusion.sum()) == (None, np.sum(before.figures.confusion))
    assert "Best was" not in training_text(status)
    assert status.model is before
    assert len(status.curves.batch_loss) >= 1


def test_single_steps_leave_a_trained_model_alone_until_their_training_ends(taught):
    taught.train()
    before = rest(taught).model
    kernels = taught.kernels()
    taught.step()
    status = rest(taught)
    assert (status.model, status.kept, status.report.step) == (before, True, 1)
    assert "new training" in training_text(status)
    np.testing.assert_array_equal(status.confusion, before.figures.confusion)
    np.testing.assert_array_equal(taught.kernels()[0], kernels[0])
    taught.train()
    status = rest(taught)
    assert (status.model is before, status.kept) == (False, False)


def test_the_confusion_at_rest_is_that_of_the_weights_that_were_kept(taught):
    taught.configure(replace(QUICK, epochs=12, rate=0.3))
    taught.train()
    status = rest(taught)
    assert status.model.figures.best_epoch < status.model.figures.epochs - 1
    np.testing.assert_array_equal(status.confusion, status.model.figures.confusion)
    assert status.confusion is taught.status().confusion  # not drawn anew all the time


@pytest.mark.parametrize("busy", [False, True])
def test_a_model_from_a_file_takes_the_place_of_training_and_of_all_its_figures(taught, tmp_path, busy):
    write_model(tmp_path / "a.motion", _other_model())
    if busy:
        taught.configure(LONG)
    taught.train()
    lesson = taught._lesson
    until(lambda: len(taught.status().curves.epoch_loss) > 0, "an epoch")
    if not busy:
        rest(taught)
    taught.open_model(tmp_path / "a.motion")
    assert lesson.wait(10)
    status = taught.status()
    assert status.model.classes == status.confusion_classes == ("left", "down")
    assert (status.phase, status.stale, len(status.curves.batch_loss), status.report) == ("idle", False, 0, None)
    assert training_text(status).startswith("Model from a.motion. Ended: all 6 epochs done. Best was epoch")
    assert warning_text(status)[1] == "\n".join(status.warnings)
    np.testing.assert_array_equal(taught.kernels()[0], learned_kernels(status.model.network, status.model.weights)[0])


def _other_model():
    run = TrainingRun(two_motions().renamed("right", "left"), replace(QUICK, seed=5))
    for _ in run.batches():
        pass
    return run.result()


def test_a_class_renamed_while_it_is_recorded_keeps_the_recording(classifier):
    classifier.begin("right")
    play(classifier, "right", 20)
    classifier.edit(lambda samples: samples.renamed("right", "east"))
    assert classifier.status().recording == "east"
    assert classifier.end().label == "east"
    classifier.begin("east")
    classifier.edit(lambda samples: samples.without_class("east"))
    assert classifier.end() is None
    assert "“east” was removed" in classifier.status().notices[-1]


def test_a_renamed_class_is_renamed_in_the_model_which_goes_on_recognising(taught):
    taught.train()
    before = rest(taught).model
    play(taught, "right", 40, 500)
    assert taught.status().recognition.label == "right"
    samples = taught.status().samples
    taught.edit(lambda samples: samples.renamed("right", "east"))
    status = taught.status()
    assert (status.model.classes, status.stale) == (("east", "down"), False)
    assert (status.recognition.label, status.recognition.classes) == ("east", ("east", "down"))
    assert status.model.weights is before.weights
    taught.change(samples)
    assert (taught.status().model.classes, taught.status().stale) == (("right", "down"), False)


def test_a_class_renamed_while_it_trains_is_renamed_in_what_comes_out(taught):
    taught.configure(LONG)
    taught.train()
    until(lambda: len(taught.status().curves.epoch_loss) > 0, "an epoch")
    taught.edit(lambda samples: samples.renamed("right", "east"))
    taught.stop()
    status = rest(taught)
    assert (status.model.classes, status.confusion_classes, status.stale) == (("east", "down"), ("east", "down"), False)


def test_edits_from_several_threads_are_all_kept(classifier):
    def add(thread):
        for number in range(20):
            classifier.edit(lambda samples, name=f"{thread}-{number}": samples.with_class(name))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(classifier.status().samples.classes) == 2 + 80


def test_nothing_comes_between_what_an_edit_sees_and_what_it_makes(classifier):
    tried = threading.Event()

    def other():
        tried.set()
        classifier.change(classifier.status().samples.with_class("other"))

    def edited(samples):
        thread.start()
        assert tried.wait(10)
        return samples.with_class("mine")

    thread = threading.Thread(target=other)
    classifier.edit(edited)
    thread.join(10)
    assert classifier.status().samples.classes == ("right", "down", "mine", "other")


def test_after_a_step_the_next_frame_is_answered_at_once(taught):
    taught.step()
    rest(taught)
    play(taught, "right", 20, 500)
    assert taught.status().recognition is not None
    taught.step()
    rest(taught)
    taught.see(motion("right", 520))
    assert taught.status().recognition is not None


def test_the_inside_can_be_seen_while_it_trains_and_afterwards(taught):
    assert taught.kernels() == taught.feature_maps() == ()
    taught.train()
    model = rest(taught).model
    shapes = [kernel.shape for kernel in taught.kernels()]
    assert shapes == [(2, 4, 3, 3), (4, 2, 3, 3)]
    assert taught.feature_maps() == ()
    play(taught, "right", 20)
    maps = taught.feature_maps()
    assert [name for name, _ in maps] == ["window", *taught.status().layers]
    assert [values.shape for _, values in maps] == list(model.network.shapes)


def test_reading_and_steering_from_several_threads_while_frames_come_is_safe(taught):
    taught.configure(replace(QUICK, epochs=40, patience=40))
    over, problems = threading.Event(), []

    def watch():
        try:
            while not over.is_set():
                taught.status()
                taught.kernels()
                taught.feature_maps()
        except Exception as error:
            problems.append(error)

    def record():
        try:
            for _ in range(20):
                taught.begin("right")
                taught.end()
                taught.undo()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for work in (watch, watch, record)]
    for thread in threads:
        thread.start()
    taught.train()
    for begin in range(0, 300, 30):
        play(taught, "right", 30, begin)
    taught.stop()
    over.set()
    for thread in threads:
        thread.join(20)
    rest(taught)
    assert problems == []


def test_a_project_brings_everything_back(taught, tmp_path):
    taught.train()
    before = rest(taught)
    taught.save_project(tmp_path / "a.motionproject")
    other = Classifier()
    other.open_project(tmp_path / "a.motionproject")
    status = other.status()
    assert status.samples.identity == before.samples.identity
    assert (status.settings, status.stale, status.ended) == (QUICK, False, before.ended)
    np.testing.assert_array_equal(status.model.weights, before.model.weights)
    np.testing.assert_array_equal(status.confusion, before.model.figures.confusion)
    assert status.layers == before.layers
    play(other, "down", 30)
    assert other.status().recognition.label == "down"
    other.train()
    assert rest(other).curves.batch_loss.tolist() == before.curves.batch_loss.tolist()
    taught.change(before.samples.with_class("new"))
    taught.save_project(tmp_path / "a.motionproject")
    other.open_project(tmp_path / "a.motionproject")
    assert other.status().stale


def test_opening_a_project_while_training_is_not_undone_by_its_end(taught, tmp_path):
    taught.save_project(tmp_path / "a.motionproject")
    taught.configure(LONG)
    taught.train()
    lesson = taught._lesson
    until(lambda: len(taught.status().curves.epoch_loss) > 0, "an epoch")
    taught.open_project(tmp_path / "a.motionproject")
    assert lesson.wait(10)
    status = taught.status()
    assert (status.model, status.phase, len(status.curves.batch_loss)) == (None, "idle", 0)


def test_models_are_saved_opened_and_exported(taught, tmp_path):
    with pytest.raises(MotionError, match="no model yet"):
        taught.save_model(tmp_path / "a.motion")
    taught.train()
    rest(taught)
    taught.save_model(tmp_path / "a.motion")
    taught.save_model(tmp_path / "a.motion")
    other = Classifier()
    other.open_model(tmp_path / "a.motion")
    assert (other.status().stale, other.status().opened) == (False, "a.motion")
    other.save_project(tmp_path / "a.motionproject")
    other.open_project(tmp_path / "a.motionproject")
    assert (other.status().stale, other.status().opened) == (False, "a.motion")
    play(other, "right", 30)
    assert other.status().recognition.label == "right"
    pytest.importorskip("onnx", reason="the package onnx is not installed")
    taught.export_onnx(tmp_path / "a.onnx")
    assert (tmp_path / "a.onnx").stat().st_size > 500


def test_a_file_that_cannot_be_opened_changes_nothing(taught, tmp_path):
    before = taught.status().samples
    (tmp_path / "a.motionproject").write_bytes(b"nonsense")
    with pytest.raises(MotionError, match="damaged"):
        taught.open_project(tmp_path / "a.motionproject")
    assert taught.status().samples is before


def test_a_folder_is_imported_beside_what_is_there_and_can_be_undone(classifier, tmp_path):
    classifier.change(Samples(SMALL, ("Right",)))
    for label in ("right", "turn"):
        (tmp_path / label).mkdir()
        write_clip(tmp_path / label / "a.mp4", times=12)
    (tmp_path / "turn" / "b.mp4").write_bytes(b"nonsense")
    found = classifier.import_folder(tmp_path)
    status = classifier.status()
    assert len(found.recordings) == 2
    assert status.samples.classes == ("Right", "turn")
    assert [one.label for one in status.samples.recordings] == ["Right", "turn"]
    assert "b.mp4" in status.notices[-1]
    assert classifier.undo()
    assert classifier.status().samples.recordings == ()
    assert classifier.status().samples.classes == ("Right",)


def test_a_recording_takes_no_more_than_there_is_room_for(classifier, monkeypatch):
    one = 4 * SMALL.rows * SMALL.columns
    monkeypatch.setattr("motionapp.learning.classifier.MOST_BYTES", 10 * one)
    monkeypatch.setattr("motionapp.learning.samples.MOST_BYTES", 10 * one)
    classifier.begin("right")
    play(classifier, "right", 30)
    assert len(classifier.end().maps) == 10
    assert "ended early" in classifier.status().notices[-1]
    classifier.begin("right")
    play(classifier, "right", 30)
    assert classifier.end() is None
    assert "Remove some" in classifier.status().notices[-1]
    assert classifier.undo()
    assert classifier.status().samples.recordings == ()


def test_pieces_added_before_the_room_ran_out_can_be_undone(classifier, monkeypatch):
    monkeypatch.setattr("motionapp.learning.samples.MOST_BYTES", 30 * 4 * SMALL.rows * SMALL.columns)
    classifier.begin("right")
    play(classifier, "right", 20, 100)
    play(classifier, "right", 20, 3)
    assert len(classifier.end().maps) == 19
    assert "left out" in classifier.status().notices[-1]
    assert len(classifier.status().samples.recordings) == 1
    assert classifier.undo()
    assert classifier.status().samples.recordings == ()


def test_close_while_training_ends_soon():
    classifier = Classifier()
    classifier.change(two_motions())
    classifier.configure(LONG)
    classifier.train()
    assert classifier.close(10)
    assert not [thread for thread in threading.enumerate() if thread.name == "trainer"]


def test_flow_beside_a_training_is_that_without_one_to_the_bit(classifier):
    shown = list(iter(SceneSource("crossing", 320, 240, frame_count=12).read, None))

    def flows():
        estimate = MotionEstimator(Settings())
        return [estimate.step(frame).flow for frame in shown]

    alone = flows()
    classifier.change(two_motions())
    classifier.configure(LONG)
    classifier.train()
    until(lambda: len(classifier.status().curves.batch_loss))
    beside = flows()
    assert classifier.status().phase == "training"
    assert all(np.array_equal(one, other) for one, other in zip(alone, beside, strict=True))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a thread a priority of its own")
def test_a_training_gives_way_to_everything_else(classifier):
    classifier.change(two_motions())
    classifier.configure(LONG)
    classifier.train()
    until(lambda: len(classifier.status().curves.batch_loss))
    (trainer,) = (thread for thread in threading.enumerate() if thread.name == "trainer")
    assert os.getpriority(os.PRIO_PROCESS, trainer.native_id) > os.getpriority(os.PRIO_PROCESS, 0)
