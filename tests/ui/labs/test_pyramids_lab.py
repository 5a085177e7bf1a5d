"""The pyramids lab: pages, levels to click, a mask to paint, steps to take."""

import pytest
from PySide6.QtCore import QPoint, Qt

from .conftest import settle

PAGES = ("levels", "steps", "matrices", "blend", "coring", "compression", "texture")


def place(view, x, y=0.5):
    area = view.area()
    return QPoint(round(area.x() + x * area.width()), round(area.y() + y * area.height()))


def click(qtbot, view, x=0.5, y=0.5):
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place(view, x, y))


def drag(qtbot, view, *places):
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place(view, places[0]))
    for x in places[1:]:
        qtbot.mouseMove(view, pos=place(view, x))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place(view, places[-1]))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_pictures_its_formula_and_only_its_controls(lab_window, show, page):
    lab = show("pyramids", page=page)
    assert lab.pages.buttons[page].isChecked()
    assert all(view.panel.picture is not None for row in lab.panels.views for view in row)
    assert lab.formula
    controls = lab_window.bench.form.controls
    assert {name for name in controls if not controls[name].isHidden()} == set(controls) - set(
        lab.hidden(lab.parameters)
    )


def test_a_level_that_is_clicked_is_left_out_and_comes_back(qtbot, lab_window, show):
    lab = show("pyramids")
    click(qtbot, lab.panels.views[1][0])
    settle(qtbot, lab_window)
    assert lab.state()["left_out"] == [0]
    assert not lab.panels.views[1][0].panel.kept
    assert "without L0" in lab.panels.says.text()
    click(qtbot, lab.panels.views[1][0])
    settle(qtbot, lab_window)
    assert "left_out" not in lab.state()


def test_dragging_over_a_level_leaves_it_out_once(qtbot, lab_window, show):
    lab = show("pyramids")
    view = lab.panels.views[1][0]
    drag(qtbot, view, 0.4, 0.5, 0.6)
    settle(qtbot, lab_window)
    assert lab.state()["left_out"] == [0]


def test_the_brush_draws_lines_however_fast_it_is_led_and_begins_anew_where_it_is_put_down(qtbot, lab_window, show):
    lab = show("pyramids", page="blend", paint="second")
    drag(qtbot, lab.panels.views[0][2], 0.1, 0.4)
    settle(qtbot, lab_window)
    drag(qtbot, lab.panels.views[0][2], 0.45)
    settle(qtbot, lab_window)
    strokes = lab.state()["strokes"]
    assert [joined for *_rest, joined in strokes] == [False, True, False]
    assert [x for x, *_rest in strokes] == [pytest.approx(x, abs=0.02) for x in (0.1, 0.4, 0.45)]
    mask = lab.panels.views[0][2].panel.picture[:, :, 0]
    assert not mask[120, 32:128].any()


def test_the_mask_is_painted_on_any_picture_of_the_page(qtbot, lab_window, show):
    lab = show("pyramids", page="blend", paint="second")
    before = lab.panels.views[0][2].panel.picture.copy()
    click(qtbot, lab.panels.views[1][1], x=0.25)
    settle(qtbot, lab_window)
    ((x, y, width, first, joined),) = lab.state()["strokes"]
    assert not joined
    assert (x, y, width, first) == (pytest.approx(0.25, abs=0.02), pytest.approx(0.5, abs=0.02), 0.12, False)
    after = lab.panels.views[0][2].panel.picture
    assert before[120, 80, 0] == 255
    assert after[120, 80, 0] == 0


def test_step_goes_through_reduce_and_expand_and_begins_again(qtbot, lab_window, show):
    lab = show("pyramids", page="steps")
    for taken in (0, 1, 2):
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
        panels = [view.panel for row in lab.panels.views for view in row]
        assert sum(panel.picture is not None for panel in panels) == taken + 1


def test_step_goes_round_by_round_from_noise_to_texture(qtbot, lab_window, show):
    lab = show("pyramids", page="texture", sample="bark")
    lab.set_state({"rounds": 0})
    lab.recompute()
    settle(qtbot, lab_window)
    assert "noise alone" in lab.panels.says.text()
    lab_window.commands["step"].trigger()
    settle(qtbot, lab_window)
    assert lab.state()["rounds"] == 1
    assert "1 round" in lab.panels.says.text()


def test_a_click_on_the_picture_takes_the_patch_there(qtbot, lab_window, show):
    lab = show("pyramids", page="texture")
    before = lab.panels.views[0][1].panel.picture.copy()
    click(qtbot, lab.panels.views[0][0], x=0.75)
    settle(qtbot, lab_window)
    assert lab.state()["place"] == [pytest.approx(0.75, abs=0.02), pytest.approx(0.5, abs=0.02)]
    assert (lab.panels.views[0][1].panel.picture != before).any()


def test_reset_forgets_levels_strokes_and_steps(qtbot, lab_window, show):
    lab = show("pyramids")
    lab.set_state({"left_out": [1], "strokes": [[0.5, 0.5, 0.1, True, False]], "steps": 2, "rounds": 1})
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab.state() == {"steps": 5}


def test_what_it_holds_goes_through_a_script(show):
    lab = show("pyramids")
    state = {
        "steps": 3,
        "rounds": 2,
        "place": [0.25, 0.5],
        "left_out": [0, 2],
        "strokes": [[0.5, 0.25, 0.1, True, False], [1.0, 0.0, 0.5, False, True]],
    }
    lab.set_state(state)
    assert lab.state() == state


@pytest.mark.parametrize(
    "state",
    [
        {"left_out": [9]},
        {"left_out": 3},
        {"steps": 6},
        {"steps": True},
        {"strokes": [[0.5, 0.5, 0.1, True]]},
        {"strokes": [[2, 0.5, 0.1, True, False]]},
        {"strokes": [["a", 0.5, 0.1, True, False]]},
        {"strokes": [[0.5, 0.5, 0.1, True, 1]]},
        {"rounds": 11},
        {"place": [0.5]},
        {"place": [0.5, 1.5]},
        {"colour": 1},
    ],
)
def test_what_no_lab_ever_held_is_refused_by_its_key(show, state):
    lab = show("pyramids")
    with pytest.raises(ValueError, match=f"^{next(iter(state))} (cannot be|is not known)"):
        lab.set_state(state)


def test_the_formula_of_coring_is_that_of_its_rule(show):
    formulas = {show("pyramids", page="coring", rule=rule).formula for rule in ("hard", "soft", "wiener")}
    assert len(formulas) == 3
