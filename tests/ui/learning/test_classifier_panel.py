"""The Classify panel renders what the classifier says, and says what is wanted."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from motionapp.learning.curves import Curves
from motionapp.learning.recognition import Recognition
from motionapp.learning.reports import BatchReport
from motionapp.learning.samples import Samples
from motionapp.settings import TrainingSettings
from ui.learning.classifier_texts import caption_text, warning_text
from ui.learning.training_options import TrainingOptions
from ui.theme import palette

from ..conftest import make_recording


@pytest.fixture
def classifier(qtbot, playing):
    """The fake classifier of a window whose Classify panel is on show."""
    playing.commands["show_classify"].trigger()
    qtbot.waitUntil(lambda: len(playing.classroom.panel.cards.cards) == 2)
    return playing.classroom.bridge.classifier


@pytest.fixture
def panel(playing, classifier):
    return playing.classroom.panel


@pytest.fixture
def show(playing, classifier):
    """Change the classifier's status and have it shown."""

    def put(**changes):
        classifier.put(**changes)
        playing.classroom.panel._pace.stop()  # curves are drawn now, not in a moment
        playing.classroom.bridge.refresh()

    return put


def curves(epochs=2, batches=5):
    steps = epochs * batches
    return Curves(
        batch_loss=np.linspace(0.7, 0.1, steps),
        batch_accuracy=np.linspace(0.5, 1.0, steps),
        batch_epoch=np.repeat(np.arange(epochs, dtype=np.int32), batches),
        batch_number=np.tile(np.arange(batches, dtype=np.int32), epochs),
        epoch_steps=np.arange(1, epochs + 1) * batches,
        epoch_loss=np.linspace(0.5, 0.2, epochs),
        epoch_accuracy=np.linspace(0.7, 0.9, epochs),
        validation_loss=np.linspace(0.6, 0.3, epochs),
        validation_accuracy=np.full(epochs, np.nan),
    )


def report(**changes):
    plain = {
        "epoch": 0,
        "batch": 2,
        "batches": 9,
        "step": 3,
        "samples": 32,
        "rate": 0.01,
        "loss": 0.693,
        "accuracy": 0.5,
    }
    norms = {"gradient_norms": (1e-3, 0.0, 0.2), "gradient_norm": 0.2, "step_norm": 0.002, "weight_norm": 5.0}
    return BatchReport(**{**plain, **norms, **changes})


class Trained:
    """As much of a model as the panel looks at."""

    classes = ("wave", "clap")
    figures = None


def answer(label, *parts):
    values = np.array(parts, np.float32)
    return Recognition(1.0, Trained.classes, label, float(values.max()), values, values, 0.0006, 0.021)


# --- classes ----------------------------------------------------------------------------------------------------------


def test_a_card_shows_name_count_and_a_picture_of_each_recording(panel, show):
    samples = Samples().with_class("wave").with_class("clap").with_class("jump")
    for _ in range(5):
        samples = samples.with_recording(make_recording("clap"))
    show(samples=samples)
    first, second, _third = panel.cards.cards
    assert (first.name.text(), first.count.text()) == ("wave", "no sample")
    assert second.count.text() == f"{samples.counts()['clap']} samples"
    assert [button.isVisible() for button in second.thumbnails] == [True] * 3
    assert second.more.text() == "+2"
    assert not any(button.isVisible() for button in first.thumbnails)


def test_a_name_is_edited_in_place_and_bad_ones_are_refused(panel, classifier, messages):
    field = panel.cards.cards[0].name
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    QTest.keyClicks(field, "wave 12 tv")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert classifier.state.samples.classes == ("wave 12 tv", "Class 2")
    assert field.text() == "wave 12 tv"
    assert not field.hasFocus()
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    QTest.keyClicks(field, "class 2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "wave 12 tv"
    assert messages() == ["There is a class “class 2” already."]
    assert not any(call[0] == "begin" for call in classifier.calls)


def test_esc_drops_what_was_typed_into_a_name(panel, classifier):
    field = panel.cards.cards[0].name
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(field, "xyz")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "Class 1"
    assert classifier.state.samples.classes == ("Class 1", "Class 2")


def test_classes_are_added_and_empty_ones_removed_at_once(panel, classifier):
    panel.add.click()
    assert classifier.state.samples.classes == ("Class 1", "Class 2", "Class 3")
    panel.cards.cards[1].remove.click()
    assert classifier.state.samples.classes == ("Class 1", "Class 3")
    panel.add.click()
    assert len(panel.cards.cards) == 3
    assert len(set(classifier.state.samples.classes)) == 3


def test_a_class_with_recordings_and_a_recording_go_after_a_second_click(panel, classifier, show):
    show(samples=classifier.state.samples.with_recording(make_recording("Class 1", id="a")))
    card = panel.cards.cards[0]
    card.thumbnails[0].menu().actions()[0].trigger()
    assert classifier.state.samples.recordings == ()
    show(samples=classifier.state.samples.with_recording(make_recording("Class 1")))
    card.remove.click()
    assert "Class 1" in classifier.state.samples.classes
    menu = card.remove.findChild(type(card.thumbnails[0].menu()))
    assert menu.actions()[0].text() == "Remove the class and its 1 recording"
    menu.actions()[0].trigger()
    menu.close()
    assert classifier.state.samples.classes == ("Class 2",)


def test_ctrl_z_takes_the_last_sample_back_and_says_when_there_is_none(qtbot, playing, classifier, messages):
    QTest.keyClick(playing, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(classifier.state.samples.recordings))
    QTest.keyClick(playing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not classifier.state.samples.recordings
    QTest.keyClick(playing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert messages() == ["There is no sample to undo."]


# --- training ---------------------------------------------------------------------------------------------------------


def test_t_trains_and_stops_and_brings_the_panel_to_the_front(qtbot, playing, classifier):
    playing.docks.tabs.setCurrentIndex(0)
    QTest.keyClick(playing, Qt.Key.Key_T)
    panel = playing.classroom.panel
    assert classifier.calls == [("train",)]
    qtbot.waitUntil(panel.isVisible)
    assert (panel.train.isEnabled(), panel.stop.isEnabled(), panel.step.isEnabled()) == (False, True, False)
    QTest.keyClick(playing, Qt.Key.Key_T)
    assert classifier.calls == [("train",), ("stop",)]
    panel.step.click()
    assert classifier.calls[-1] == ("step",)


def test_curves_confusion_and_the_numbers_of_a_step_are_shown(panel, show):
    assert not panel.folds["confusion"].isVisible()
    matrix = np.array([[7, 1], [0, 9]])
    one = report(loss_after=0.641)
    show(curves=curves(), report=one, confusion=matrix, confusion_classes=("wave", "clap"))
    assert panel.curves.drawn_steps == 10
    assert panel.confusion.counts is matrix
    assert "loss 0.693 → 0.641" in panel.numbers.text()
    show(phase="training", epochs=50, report=replace(one, loss_after=None))
    assert not panel.numbers.isVisible()
    assert panel.progress.text() == "Epoch 1 of at most 50, step 3"
    panel.grab()  # paints the table


def test_a_rate_is_typed_as_it_is_shown(qtbot, panel):
    panel.folds["options"].title.click()
    box = panel.options.training.controls["rate"]
    for typed, value in (("1e6", 1e6), ("1e-05", 1e-5), ("0.02", 0.02)):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == value


def test_a_curve_of_one_point_can_be_seen(panel, show):
    first = replace(curves(), batch_loss=np.array([0.7, np.inf]), batch_accuracy=np.array([0.5, 0.5]))
    show(curves=first)
    x, values = panel.curves.loss.batches.getData()
    assert np.ptp(x) > 0
    assert (values == 0.7).all()


def test_gradients_that_vanish_have_short_bars(panel, show):
    bars = panel.inside.gradients
    bars.show_norms(("convolution 1", "convolution 2", "dense"), (1e-4, 0.02, 0.4))
    assert [bars.part(norm) for _, norm in bars.rows] == pytest.approx([0.00025, 0.05, 1.0])
    assert bars.part(math.nan) == 0.0


def test_losses_that_are_not_finite_are_shown_as_far_as_they_go(panel, show):
    broken = replace(curves(), batch_loss=np.array([0.7, 9.0, np.inf, np.nan] + [1e30] * 6))
    show(curves=broken, ended="diverged at step 3: the loss is nan; lower the learning rate")
    assert panel.curves.drawn_steps == 10
    assert "diverged" in panel.progress.text()


def test_a_hidden_panel_draws_nothing_and_shows_the_newest_when_it_is_seen_again(qtbot, playing, panel, show):
    playing.docks.tabs.setCurrentIndex(0)
    show(curves=curves(), samples=Samples().with_class("only"))
    assert panel.curves.drawn_steps == 0
    assert len(panel.cards.cards) == 2
    playing.docks.tabs.setCurrentIndex(2)
    assert panel.curves.drawn_steps == 10
    assert len(panel.cards.cards) == 1


def test_what_has_not_changed_is_not_drawn_again(panel, show, monkeypatch):
    same = curves()
    show(curves=same)
    drawn = []
    monkeypatch.setattr(panel.curves, "_draw", lambda: drawn.append(1))
    monkeypatch.setattr(panel.cards.cards[0], "show_class", lambda *_: drawn.append(2))
    show(curves=same)
    assert drawn == []


def test_warnings_and_a_stale_model_are_told(panel, classifier, show):
    show(warnings=("“clap” has no sample yet.", "“wave” has 3 samples only."), stale=True)
    assert panel.warnings.text() == "The samples have changed since the training. Train again. (+2 more)"
    assert panel.warnings.toolTip().count("\n") == 2
    show(warnings=(), stale=False)
    assert not panel.warnings.isVisible()
    assert warning_text(classifier.state) == ("", "")


def test_what_the_classifier_has_to_say_is_a_banner_once(classifier, show, messages):
    classifier.notice("Too short.")
    show()
    show()
    assert messages() == ["Too short."]


# --- options ----------------------------------------------------------------------------------------------------------


def test_every_setting_has_a_control_that_changes_it_and_shows_it(panel, classifier):
    panel.folds["options"].title.click()
    form = panel.options.training
    assert set(form.controls) == set(TrainingSettings.__dataclass_fields__)
    form.controls["method"].setCurrentIndex(form.controls["method"].findData("adam"))
    form.controls["rate"].setValue(0.25)
    form.controls["batch"].setValue(1)
    form.controls["mirror"].setChecked(True)
    assert classifier.state.settings == TrainingSettings(method="adam", rate=0.25, batch=1, mirror=True)
    panel.options.reset.click()
    assert classifier.state.settings == TrainingSettings()
    assert form.controls["rate"].value() == TrainingSettings().rate


def test_lenet_is_a_choice_that_brings_its_own_layers(panel, classifier, show):
    panel.folds["options"].title.click()
    form = panel.options.training
    form.controls["architecture"].setCurrentIndex(form.controls["architecture"].findText("LeNet-5"))
    show()
    assert classifier.state.settings == TrainingSettings(architecture="lenet5")
    assert not any(form.controls[name].isEnabled() for name in ("activation", "layers", "filters"))
    panel.options.reset.click()
    show()
    assert all(form.controls[name].isEnabled() for name in ("activation", "layers", "filters"))


def test_maps_are_chosen_before_there_are_recordings(panel, classifier, show):
    panel.folds["options"].title.click()
    panel.options.maps.controls["direction"].setChecked(True)
    assert classifier.state.samples.map_settings.direction
    panel.options.maps.controls["direction"].setChecked(False)
    show(samples=classifier.state.samples.with_recording(make_recording("Class 1")))
    assert not panel.options.maps.controls["direction"].isEnabled()
    assert panel.options.maps.controls["maps"].isEnabled()


def test_rates_over_many_powers_of_ten_are_shown_without_idle_digits(qtbot):
    options = TrainingOptions()
    qtbot.addWidget(options)
    box = options.training.controls["rate"]
    for value, text in ((0.01, "0.01"), (1e-5, "1e-05"), (1e6, "1e+06"), (0.0, "0")):
        box.setValue(value)
        assert box.text().replace("e-5", "e-05") == text


# --- recognition ------------------------------------------------------------------------------------------------------


def test_bars_say_how_sure_it_is_and_unsure_below_the_mark(panel, show):
    assert not panel.bars.isVisible()
    show(model=Trained(), recognition=answer("clap", 0.1, 0.9))
    assert panel.answer.text() == "clap"
    assert panel.bars.parts == {"wave": 10, "clap": 90}
    assert panel.speed.text() == "latency 21 ms, network 0.6 ms"
    show(recognition=answer(None, 0.45, 0.55))
    assert panel.answer.text() == "unsure"
    assert not panel.answer.isEnabled()
    show(recognition=replace(answer(None, 0.05, 0.95), familiar=False))
    assert panel.answer.text() == "unsure"
    assert panel.speed.text() == "unlike any sample, latency 21 ms"
    show(recognition=None)
    assert panel.bars.parts == {}


def test_the_threshold_is_adjusted_by_a_slider(panel, classifier, show):
    show(model=Trained())
    panel.threshold.setValue(80)
    assert classifier.state.threshold == 0.8
    assert panel.threshold_text.text() == "unsure below 80 %"


def test_the_label_is_written_on_the_picture_when_wanted(playing, classifier, show):
    captions = []
    playing.classroom.captioned.connect(captions.append)
    show(model=Trained(), recognition=answer("clap", 0.1, 0.9))
    assert captions[-1] == ""
    playing.commands["show_label"].trigger()
    assert captions[-1] == "clap  90\N{NO-BREAK SPACE}%"
    assert playing.preferences.label_shown
    show(recognition=answer(None, 0.45, 0.55))
    assert captions[-1] == "unsure"
    playing.commands["show_label"].trigger()
    assert captions[-1] == ""
    assert caption_text(replace(classifier.state, recording="clap", recording_s=1.25), 0, False) == "● clap  1.2 s"


# --- inside -----------------------------------------------------------------------------------------------------------


def test_the_inside_shows_gradients_kernels_and_layers_while_it_is_open(qtbot, panel, classifier, show):
    classifier.inside = (("window", np.ones((8, 36, 48), np.float32)), ("dense 2", np.array([0.5, -1], np.float32)))
    panel.folds["inside"].title.click()
    qtbot.waitUntil(lambda: panel.inside.maps.titles == ["window  8×36×48", "dense 2  2"])
    assert panel.inside.kernels.titles == ["Convolution 1: 8 kernels"]
    show(layers=("convolution 8", "relu", "dense 2"), gradient_norms=(1e-3, 0.0, 0.2))
    assert panel.inside.gradients.rows == (("convolution 8", 1e-3), ("dense 2", 0.2))
    panel.inside.grab()


def test_the_descent_of_the_motion_is_recorded_while_the_two_descents_are_seen(qtbot, playing, panel, show, sessions):
    playing.commands["show_descent"].trigger()
    qtbot.waitUntil(lambda: not sessions.last.tracing)
    panel.folds["descents"].title.click()
    qtbot.waitUntil(lambda: sessions.last.tracing)
    show(curves=curves())
    texts = [label.text() for label in panel.descents.network.findChildren(QLabel)]
    assert any("cross-entropy" in text for text in texts)
    panel.folds["descents"].title.click()
    qtbot.waitUntil(lambda: not sessions.last.tracing)


# --- files ------------------------------------------------------------------------------------------------------------


def choose(window, path):
    dialog = next(dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.reject()


@pytest.mark.parametrize(
    ("command", "call", "name"),
    [
        ("save_project", "save_project", "a.motionproject"),
        ("save_model", "save_model", "a.motion"),
        ("export_onnx", "export_onnx", "a.onnx"),
    ],
)
def test_files_are_saved_in_the_background_and_announced(
    qtbot, playing, classifier, show, tmp_path, command, call, name
):
    show(model=Trained())
    playing.commands[command].trigger()
    choose(playing, tmp_path / name)
    qtbot.waitUntil(lambda: (call, tmp_path / name) in classifier.calls)
    qtbot.waitUntil(lambda: playing.status_line.state_text == f"Saved {name}")


def test_models_can_be_saved_once_there_is_one(playing, classifier, show):
    assert not playing.commands["save_model"].isEnabled()
    show(model=Trained())
    assert playing.commands["save_model"].isEnabled()


def test_a_project_is_opened_in_place_of_all_there_is(qtbot, playing, panel, classifier, tmp_path):
    playing.commands["open_project"].trigger()
    choose(playing, tmp_path / "b.motionproject")
    qtbot.waitUntil(lambda: len(panel.cards.cards) == 1)
    assert panel.cards.cards[0].name.text() == "opened"


def test_an_import_tells_how_far_it_is_and_can_be_cancelled(qtbot, playing, panel, classifier, tmp_path):
    panel.bring.click()
    choose(playing, tmp_path)
    qtbot.waitUntil(lambda: panel.import_text.text().startswith("3 of 7 clips"))
    assert panel.cancel.isVisible()
    assert not panel.bring.isVisible()
    panel.cancel.click()
    qtbot.waitUntil(lambda: panel.bring.isVisible())
    assert not panel.cancel.isVisible()


def test_the_panel_follows_the_scheme_and_is_no_wider_than_its_dock(panel, show, qapp):
    show(model=Trained(), recognition=answer("clap", 0.1, 0.9), curves=curves(), warnings=("Few.",))
    for fold in panel.folds.values():
        fold.title.setChecked(True)
    assert panel.minimumSizeHint().width() <= 320
    before = qapp.palette()
    try:
        for dark in (True, False):
            qapp.setPalette(palette(dark=dark))
            panel.grab()
    finally:
        qapp.setPalette(before)
