"""The magnify lab: before and after, strips of the pixels that were clicked, the band in beats."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from .conftest import settle

SCENE = "scene:trembling"


def test_motions_of_the_past_second_are_there_at_once(show):
    lab = show("magnify", frame=40, source=SCENE, alpha=30.0, low_hz=0.6, high_hz=1.6)
    change = np.abs(lab.after._array.astype(int) - lab.before._array)
    assert change.max() > 20
    assert lab.after._note == "motions × 31"
    assert lab.strip_after._array.shape == lab.strip_before._array.shape


def test_a_click_chooses_the_pixels_that_are_shown_over_time(qtbot, lab_window, show):
    lab = show("magnify", source=SCENE)
    area = lab.after.area()
    place = QPoint(round(area.x() + area.width() / 4), round(area.center().y()))
    qtbot.mouseClick(lab.after, Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, lab_window)
    assert lab.state()["place"] == pytest.approx([0.25, 0.5], abs=0.01)
    assert f"column {int(400 * lab.state()['place'][0])}" in lab.strip_before._title
    lab_window.bench.form.controls["cut"].setCurrentIndex(1)
    settle(qtbot, lab_window)
    assert f"row {int(300 * lab.state()['place'][1])}" in lab.strip_after._title
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab.state() == {"place": [0.5, 0.5]}


def test_a_step_adds_a_frame(qtbot, lab_window, show):
    lab = show("magnify", source=SCENE)
    before = lab.strip_after._array
    lab_window.commands["step"].trigger()
    qtbot.waitUntil(lambda: lab_window.bench.feed.view.frame.index == 41, timeout=10_000)
    settle(qtbot, lab_window)
    assert (lab.strip_after._array != before).any()


def test_the_band_is_told_in_beats_per_minute(show):
    lab = show("magnify", source=SCENE, low_hz=1.0, high_hz=2.0)
    assert "60 to 120 beats per minute" in lab.side.text()


@pytest.mark.parametrize("state", [{"place": [2, 0]}, {"place": 1}, {"place": "ab"}, {"spot": [0, 0]}])
def test_wrong_states_are_refused(show, state):
    lab = show("magnify", source=SCENE)
    with pytest.raises(ValueError, match=next(iter(state))):
        lab.set_state(state)
