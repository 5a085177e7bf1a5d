"""The network lab: pages are shown, points painted, steps taken, networks learn while it is not frozen."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from motionapp.labs.lessons import EVERY
from motionapp.labs.network import SHOWN, Parameters
from ui.labs.network_lab import NetworkLab

from .conftest import settle

NAMES = [name for name, _, _ in NetworkLab.PAGES]


def press(qtbot, widget, x, y, button=Qt.MouseButton.LeftButton):
    """Click a place of a point map, from −1 to 1."""
    area = widget.area()
    at = area.center() + QPoint(round(0.5 * x * area.width()), round(-0.5 * y * area.height()))
    qtbot.mouseClick(widget, button, pos=at.toPoint())


def choose(window, **values):
    """Put other parameters in force, as the form does."""
    window.bench.form.changed.emit(replace(window.bench.parameters, **values))


@pytest.mark.parametrize("page", NAMES)
def test_every_page_has_its_own_controls_and_formula(qtbot, lab_window, show, page):
    lab = show("network", page=page)
    form = lab_window.bench.form
    shown = {name for name, control in form.controls.items() if not control.isHidden()}
    assert shown == set(SHOWN[page])
    assert lab.page is lab.page_of[page]
    assert lab_window.foot.formula.text() == lab.page.formula != ""


@pytest.mark.parametrize("page", NAMES)
def test_every_page_steps_resets_and_comes_back_from_its_state(qtbot, lab_window, show, page):
    lab = show("network", page=page)
    first = dict(lab.state()), lab_window.bench.parameters
    for _ in range(3):
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
    stepped = dict(lab.state()), lab_window.bench.parameters
    assert stepped != first
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert (dict(lab.state()), lab_window.bench.parameters) == first
    lab_window.bench.show_lab("network", stepped[1], stepped[0])
    settle(qtbot, lab_window)
    assert dict(lab_window.bench.lab.state()) == stepped[0]


@pytest.mark.parametrize("page", ["points", "curves"])
def test_it_learns_until_it_is_frozen(qtbot, lab_window, show, page):
    lab = show("network", page=page)
    assert lab.page.done == 0
    lab_window.commands["freeze"].trigger()
    qtbot.waitUntil(lambda: lab.page.done >= 6, timeout=20_000)
    assert lab.run_button.text() == "Stop"
    lab_window.commands["freeze"].trigger()
    settle(qtbot, lab_window)
    done = lab.page.done
    assert lab.run_button.text() == "Learn"
    lab_window.commands["step"].trigger()
    settle(qtbot, lab_window)
    assert lab.page.done == done + 1


def test_its_button_is_the_freeze_command(qtbot, lab_window, show):
    lab = show("network", page="points")
    lab.run_button.click()
    assert not lab_window.bench.feed.frozen
    lab.run_button.click()
    assert lab_window.bench.feed.frozen


def test_a_scene_shows_the_steps_it_was_stored_with(qtbot, lab_window):
    shown = []
    for _ in range(2):
        lab_window.bench.show_scene("network", Parameters(page="points"), {"steps": 120}, "scene:moving-arm", 40, False)
        settle(qtbot, lab_window)
        lab = lab_window.bench.lab
        assert lab.page.done == 120
        shown.append(lab.page._shown.picture)
    assert (shown[0] == shown[1]).all()


def test_parameters_changed_while_it_stands_are_led_to_the_same_step(qtbot, lab_window, show):
    lab = show("network", page="points")
    for _ in range(2):
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
    choose(lab_window, rate="0.3")
    settle(qtbot, lab_window)
    assert lab.page.done == 2


def test_points_are_painted_with_either_button_and_erased(qtbot, lab_window, show):
    lab = show("network", page="points")
    page = lab.page
    page.clear.click()
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.data == "painted"
    press(qtbot, page.map, 0.5, 0.5)
    press(qtbot, page.map, -0.5, 0.25, Qt.MouseButton.RightButton)
    page.brushes.buttons["2"].click()
    press(qtbot, page.map, -0.5, -0.5)
    settle(qtbot, lab_window)
    painted = lab.state()["points"]
    assert [point[2] for point in painted] == [1, 2, 2]
    assert [value for point in painted for value in point[:2]] == pytest.approx(
        [0.5, 0.5, -0.5, 0.25, -0.5, -0.5], abs=0.02
    )
    page.brushes.buttons["erase"].click()
    press(qtbot, page.map, 0.5, 0.5)
    settle(qtbot, lab_window)
    assert len(lab.state()["points"]) == 2


def test_painting_on_a_preset_keeps_its_points(qtbot, lab_window, show):
    lab = show("network", page="points", data="ring")
    before = len(lab.page.cloud.labels)
    press(qtbot, lab.page.map, 0.0, 0.9)
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.data == "painted"
    assert len(lab.page.cloud.labels) == before + 1


def test_a_perceptron_on_xor_is_told_why_it_fails(qtbot, lab_window):
    lab_window.bench.show_scene(
        "network", Parameters(page="points", hidden=0), {"steps": 200}, "scene:moving-arm", 40, False
    )
    settle(qtbot, lab_window)
    assert "one straight line" in lab_window.bench.lab.page.verdict.text()


def test_a_neuron_that_is_pointed_at_is_shown_large(qtbot, lab_window, show):
    page = show("network", page="points").page
    box = page.diagram._boxes()[1][2]
    qtbot.mouseMove(page.diagram, box.center().toPoint())
    qtbot.waitUntil(lambda: page.map._title == "hidden 1, neuron 3")
    page.diagram.pointed.emit(None)
    assert page.map._title.startswith("what it answers")


def test_a_click_on_the_plane_moves_the_neurons_place(qtbot, lab_window, show):
    lab = show("network")
    area = lab.page.plane.area()
    qtbot.mouseClick(lab.page.plane, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
    settle(qtbot, lab_window)
    assert lab.state()["inputs"] == pytest.approx([0, 0], abs=0.05)
    assert lab.page.numbers.text().startswith("z = 1.5 · 0")


def test_backpropagation_writes_every_stage_and_begins_the_next_round(qtbot, lab_window, show):
    lab = show("network", page="backpropagation")
    texts = []
    for _ in range(9):
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
        texts.append(lab.page.text.text())
    assert len(set(texts)) == 9
    assert "½" in texts[3]
    assert "Backward" in texts[4]
    lab_window.commands["step"].trigger()
    settle(qtbot, lab_window)
    assert lab.state() == {"round": 1, "stage": 0}


def test_an_architecture_shows_its_published_number(qtbot, lab_window, show):
    page = show("network", page="architectures", architecture="VGG-16").page
    assert page.diagram._anatomy.parameters == 138_357_544
    row = page.diagram._row_height()
    qtbot.mouseClick(page.diagram, Qt.MouseButton.LeftButton, pos=QPoint(200, round(1.5 * row)))
    settle(qtbot, lab_window)
    assert "RGB picture" in page.text.text()


@pytest.mark.parametrize(
    "state",
    [
        {"steps": -1}, {"points": [[0, 0, 3]]}, {"points": "x"}, {"inputs": [9, 9]}, {"stage": 99}, {"round": True},
        {"row": -1}, {"colour": 1},
    ],
)  # fmt: skip
def test_an_impossible_state_is_refused_by_its_key(qtbot, state):
    lab = NetworkLab()
    qtbot.addWidget(lab)
    with pytest.raises(ValueError, match=f"^{next(iter(state))}"):
        lab.set_state(state)


def test_projector_type_reaches_every_page(qtbot, lab_window, show):
    lab = show("network", page="points")
    before = lab.page.verdict.font().pointSizeF()
    lab_window.set_projector(True)
    for page in (lab.page_of["points"].verdict, lab.page_of["backpropagation"].text, lab.page_of["curves"].verdict):
        assert page.font().pointSizeF() > 1.5 * before


def test_a_lab_whose_page_failed_once_goes_on_learning(lab_window, show, monkeypatch):
    lab = show("network", page="points")

    def fail(_parameters):
        raise ZeroDivisionError("by nothing")

    lab._waiting, lab._asked = True, lab._asked + 1
    monkeypatch.setattr(lab.page, "compute", fail)
    with pytest.raises(ZeroDivisionError):
        lab.compute(lab_window.bench.feed.view, lab.parameters)
    assert not lab._waiting


def test_formulas_among_choices_keep_their_small_letters(lab_window, show):
    show("network", page="curves")
    box = lab_window.bench.form.controls["curve"]
    assert [box.itemText(at) for at in range(box.count())] == ["x²", "sin x", "|x|", "Step"]


def test_outputs_bear_the_names_and_the_colours_of_their_classes(qtbot, lab_window):
    lab_window.bench.show_scene("network", Parameters(page="points"), {"steps": 300}, "scene:moving-arm", 40, False)
    settle(qtbot, lab_window)
    page = lab_window.bench.lab.page
    assert page.diagram._outputs == ("class 1", "class 2")
    answers = page._shown.picture[::EVERY, ::EVERY].astype(int)
    sure = [answers[..., 2] - answers[..., 0] > 60, answers[..., 0] - answers[..., 2] > 60]  # blue, red
    first, second = (picture.astype(int) for picture in page._shown.neurons[-1])
    assert (first[..., 2] - first[..., 0])[sure[0]].mean() > 0 > (first[..., 2] - first[..., 0])[sure[1]].mean()
    assert (second[..., 0] - second[..., 2])[sure[1]].mean() > 0 > (second[..., 0] - second[..., 2])[sure[0]].mean()
    page.diagram.pointed.emit((2, 0))
    assert page.map._title == "output of class 1"
