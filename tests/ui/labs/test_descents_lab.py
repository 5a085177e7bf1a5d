"""Two descents: both go on together, by the same rule, and both are seen to diverge."""

import pytest

from .conftest import settle


def test_both_descend_by_as_many_steps(qtbot, lab_window, show):
    lab = show("descents")
    assert lab.count.text() == f"step {lab._steps} of {lab._steps}"
    assert len(lab.energy._trace.values) == len(lab.loss._trace.values) == lab._steps


def test_steps_begin_at_rest_and_go_on_one_by_one(qtbot, lab_window, show):
    lab = show("descents")
    for step in range(3):
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
        assert lab.state() == {"step": step}
    assert len(lab.energy._trace.values) == len(lab.loss._trace.values) == 2
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab.state() == {"step": 0}
    assert lab.energy._trace is None is lab.loss._trace


def test_a_step_size_that_is_too_large_lets_both_diverge(qtbot, lab_window, show):
    lab = show("descents", method="steepest", step=1.5, penalty="quadratic")
    assert "diverges" in lab.energy._now.text()
    assert "diverges" in lab.loss._now.text()
    lab = show("descents", method="steepest", step=0.9, penalty="quadratic")
    assert "diverges" not in lab.energy._now.text() + lab.loss._now.text()


def test_run_stands_on_a_picture_and_steps_by_itself(qtbot, lab_window, show):
    lab = show("descents")
    lab.run_button.click()
    qtbot.waitUntil(lambda: lab.state().get("step", 0) >= 3, timeout=20_000)
    assert lab_window.bench.feed.frozen
    lab.run_button.click()
    settle(qtbot, lab_window)
    assert lab.run_button.text() == "Run"


def test_one_logarithmic_axis_is_both(qtbot, lab_window, show):
    lab = show("descents")
    lab.energy.log.setChecked(False)
    assert not lab.loss.log.isChecked()


@pytest.mark.parametrize("state", [{"step": -1}, {"step": True}, {"place": 1}])
def test_an_impossible_state_is_refused_by_its_key(lab_window, show, state):
    lab = show("descents")
    with pytest.raises(ValueError, match=f"^{next(iter(state))}"):
        lab.set_state(state)
