"""The steerable lab: a dial to turn, bands to leave out, one coefficient in four transforms."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from ui.labs.angle_dial import AngleDial

from .conftest import settle
from .test_pyramids_lab import click


@pytest.mark.parametrize("page", ["derivative", "bands", "transforms"])
def test_every_page_shows_pictures_its_formula_and_only_its_controls(lab_window, show, page):
    lab = show("steerable", page=page)
    assert lab.pages.buttons[page].isChecked()
    assert all(view.panel.picture is not None for row in lab.panels.views for view in row)
    controls = lab_window.bench.form.controls
    assert {name for name in controls if not controls[name].isHidden()} == set(controls) - set(
        lab.hidden(lab.parameters)
    )


def test_turning_the_dial_steers(qtbot, lab_window, show):
    lab = show("steerable")
    before = lab.panels.views[1][0].panel.picture.copy()
    middle = lab.dial.rect().center()
    qtbot.mouseClick(lab.dial, Qt.MouseButton.LeftButton, pos=QPoint(middle.x(), middle.y() + 30))
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.angle == pytest.approx(90, abs=2)
    assert (before != lab.panels.views[1][0].panel.picture).any()


def test_the_dial_takes_the_wheel_and_keys_and_turns_round(qtbot):
    dial, turned = AngleDial(), []
    qtbot.addWidget(dial)
    dial.turned.connect(turned.append)
    dial.render_angle(2.0)
    qtbot.keyClick(dial, Qt.Key.Key_Up)
    qtbot.keyClick(dial, Qt.Key.Key_Down)
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    dial.wheelEvent(wheel)
    assert turned == [357.0, 7.0, 357.0]


def test_a_band_that_is_clicked_is_left_out_and_comes_back(qtbot, lab_window, show):
    lab = show("steerable", page="bands")
    for view in (lab.panels.views[0][2], lab.panels.views[2][1]):
        click(qtbot, view)
        settle(qtbot, lab_window)
    assert lab.state()["left_out"] == [[0, 2], "low"]
    assert not lab.panels.views[0][2].panel.kept
    click(qtbot, lab.panels.views[0][2])
    settle(qtbot, lab_window)
    assert lab.state()["left_out"] == ["low"]


def test_pictures_that_are_no_bands_cannot_be_left_out(qtbot, lab_window, show):
    lab = show("steerable", page="bands")
    click(qtbot, lab.panels.views[2][2])
    settle(qtbot, lab_window)
    assert lab.state()["left_out"] == []


def test_a_click_marks_another_coefficient_in_all_four(qtbot, lab_window, show):
    lab = show("steerable", page="transforms")
    click(qtbot, lab.panels.views[0][2], x=0.25, y=0.75)
    settle(qtbot, lab_window)
    assert lab.state()["place"] == [pytest.approx(0.25, abs=0.02), pytest.approx(0.75, abs=0.02)]
    assert len({view.panel.marked for view in lab.panels.views[0][1:]}) == 1


def test_a_click_on_the_weights_below_moves_nothing(qtbot, lab_window, show):
    lab = show("steerable", page="transforms")
    before = lab.state()
    for view in lab.panels.views[1]:
        click(qtbot, view, x=0.25)
    settle(qtbot, lab_window)
    assert lab.state() == before


def test_a_click_on_the_spectrum_chooses_angle_and_level(qtbot, lab_window, show):
    lab = show("steerable", page="transforms")
    click(qtbot, lab.panels.views[0][0], x=0.5, y=0.5 + 1 / 8)
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.angle == pytest.approx(90, abs=3)
    assert lab_window.bench.parameters.level == 1


def test_what_it_holds_goes_through_a_script_and_reset_forgets_it(qtbot, lab_window, show):
    lab = show("steerable", page="bands")
    state = {"left_out": [[0, 1], "high"], "place": [0.25, 0.5]}
    lab.set_state(state)
    assert lab.state() == state
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab.state() == {"left_out": [], "place": [0.5, 0.5]}


@pytest.mark.parametrize(
    "state", [{"left_out": ["middle"]}, {"left_out": [[0, -1]]}, {"place": [2, 0]}, {"place": 1}, {"colour": 1}]
)
def test_what_no_lab_ever_held_is_refused_by_its_key(show, state):
    lab = show("steerable")
    with pytest.raises(ValueError, match=f"^{next(iter(state))} (cannot be|is not known)"):
        lab.set_state(state)


@pytest.mark.parametrize("scale", [1.0, 1.8])
def test_projector_type_is_followed(qtbot, lab_window, show, scale):
    lab_window.set_projector(scale > 1)
    lab = show("steerable", page="transforms")
    assert lab.type_scale == scale
    assert lab.panels.says.font().pointSizeF() == pytest.approx(1.25 * lab_window.font().pointSizeF())
