"""The whole way with the real classifier: two kinds of motion recorded, learned and told apart in the window."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from motionapp.learning.classifier import Classifier
from motionapp.settings import MapSettings, Settings, TrainingSettings
from motionapp.types import Frame, Motion

SIZE = 48, 64


def motion(index, fast):
    """Return a frame whose left or right half moves."""
    flow = np.zeros((2, *SIZE), np.float32)
    flow[0, :, :32] = 3.0 if fast else 0.0
    flow[0, :, 32:] = 0.0 if fast else 3.0
    image = np.zeros((*SIZE, 3), np.uint8)
    return Motion(Frame(index, index / 30, image), flow, np.ones(SIZE, np.float32), 1 / 30, Settings())


def make_small():
    """Return a classifier of tiny maps that learns in a moment."""
    made = Classifier()
    samples = made.status().samples
    settings = MapSettings(rows=8, columns=8, maps=2, every=1)
    made.change(type(samples)(settings).with_class("left").with_class("right"))
    made.configure(TrainingSettings(layers=1, filters=2, epochs=12, batch=8, shift=0, rate=0.05))
    return made


@pytest.fixture
def playing(qtbot, make_window, sessions):
    window = make_window(classifier=make_small)
    window.open("scene:moving-arm")
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    sessions.last.show(10)
    qtbot.waitUntil(lambda: window.commands["sample_2"].isEnabled())
    return window


def test_hold_1_hold_2_press_t_and_see_curve_bars_and_label(qtbot, playing):
    see, room = playing.classroom.bridge.see, playing.classroom
    frames = itertools.count(1)
    for key, fast in ((Qt.Key.Key_1, True), (Qt.Key.Key_2, False)):
        for _ in range(2):
            QTest.keyPress(playing, key)
            for _ in range(30):
                see(motion(next(frames), fast))
            QTest.keyRelease(playing, key)
            qtbot.waitUntil(lambda: room.commands.holding.number is None)
    status = room.bridge.classifier.status()
    assert [len(status.samples.of(name)) for name in ("left", "right")] == [2, 2]
    QTest.keyClick(playing, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: room.panel.curves.drawn_steps > 0, timeout=30_000)
    qtbot.waitUntil(lambda: room.panel.train.isEnabled() and room.panel.bars.isVisible(), timeout=30_000)
    assert room.panel.progress.text().startswith("Ended: ")
    assert room.panel.confusion.counts.trace() == room.panel.confusion.counts.sum() > 0
    for _ in range(30):
        see(motion(next(frames), fast=True))
    qtbot.waitUntil(lambda: room.panel.answer.text() == "left")
    assert room.panel.bars.parts["left"] > 60
    QTest.keyClick(playing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Train again" in room.panel.warnings.text())
    room.panel.folds["inside"].title.click()
    qtbot.waitUntil(lambda: bool(room.panel.inside.maps.titles and room.panel.inside.kernels.titles))


def test_a_window_closed_while_training_keeps_samples_and_model(qtbot, playing, preferences):
    playing.classroom.bridge.classifier.configure(TrainingSettings(layers=1, epochs=10_000, patience=10_000))
    for index in range(1, 200):
        if index in (1, 100):
            playing.classroom.commands.holding.press(1 if index == 1 else 2)
        playing.classroom.bridge.see(motion(index, index < 100))
    playing.classroom.commands.holding.release()
    QTest.keyClick(playing, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: playing.classroom.panel.curves.drawn_steps > 5, timeout=30_000)
    playing.close()
    assert not playing.unfinished
    kept = Classifier()
    kept.open_project(preferences.data_folder / "samples.motionproject")
    status = kept.status()
    assert len(status.samples.recordings) == 2
    assert status.model is not None
