"""The filters lab: what is typed acts, and every page says what it shows."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from ui.labs.numbers import number_of, number_text

from .conftest import settle


def type_into(qtbot, grid, row, column, text):
    square = grid.square(row, column).center()
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(round(square.x()), round(square.y())))
    qtbot.keyClicks(grid._editor, text)
    qtbot.keyClick(grid._editor, Qt.Key.Key_Return)


def test_a_number_that_is_typed_acts_at_once(qtbot, lab_window, show):
    lab = show("filters", preset="identity")
    type_into(qtbot, lab.kernel, 1, 1, "-1/2")
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.preset == "own"
    assert lab._result.values == pytest.approx(-0.5 * lab._result.grey)
    assert lab.state()["kernel"][1][1] == -0.5


def test_what_is_no_number_changes_nothing(qtbot, lab_window, show):
    lab = show("filters", preset="box")
    for text in ("x", "1/0", "", "inf"):
        type_into(qtbot, lab.kernel, 0, 0, text)
    assert lab_window.bench.parameters.preset == "box"


def test_enter_goes_on_to_the_next_square(qtbot, lab_window, show):
    lab = show("filters", preset="identity")
    type_into(qtbot, lab.kernel, 0, 0, "3")
    settle(qtbot, lab_window)
    lab.kernel.setFocus()
    qtbot.keyClick(lab.kernel, Qt.Key.Key_4)
    qtbot.keyClick(lab.kernel._editor, Qt.Key.Key_Return)
    settle(qtbot, lab_window)
    assert lab.state()["kernel"][0][:2] == [3.0, 4.0]


def test_a_preset_wins_over_what_was_typed_and_a_size_keeps_it(qtbot, lab_window, show):
    lab = show("filters", preset="identity")
    type_into(qtbot, lab.kernel, 1, 1, "7")
    settle(qtbot, lab_window)
    lab_window.bench.form.controls["size"].box.setValue(5)
    settle(qtbot, lab_window)
    assert lab.kernel.numbers.shape == (5, 5)
    assert lab.kernel.numbers[2, 2] == 7
    box = lab_window.bench.form.controls["preset"]
    box.setCurrentIndex(box.findData("box"))
    settle(qtbot, lab_window)
    assert np.allclose(lab.kernel.numbers, 1 / 25)


def test_the_pixel_looked_at_is_explained(qtbot, lab_window, show):
    lab = show("filters", preset="Sobel x", operation="correlation")
    lab.after.hovered.emit(200, 150)
    values = lab._result.values
    assert lab.products.numbers.sum() == pytest.approx(values[150, 200], abs=1e-5)
    assert number_text(float(values[150, 200])) in lab.total.text()


def test_the_worked_example_ends_after_nine_steps_and_begins_again(qtbot, lab_window, show):
    lab = show("filters", page="example")
    for _ in range(9):
        lab_window.commands["step"].trigger()
    assert "−18" in lab.example.rows[0][3].text()
    assert "<b>18</b>" in lab.example.rows[1][3].text()
    lab_window.commands["step"].trigger()
    assert np.isnan(lab.example.rows[0][2].numbers).all()


def test_the_impulse_becomes_the_kernel(qtbot, lab_window, show):
    lab = show("filters", page="impulse", preset="Sobel x")
    assert np.array_equal(lab.response.numbers[1:-1, 1:-1], lab.kernel.numbers)


def test_linearity_says_which_laws_hold(qtbot, lab_window, show):
    lab = show("filters", page="linearity")
    assert all("holds" in verdict.text() for _, verdict in lab.linearity.texts.values())
    lab = show("filters", page="linearity", after="absolute value", a=-1.0)
    assert all("broken" in verdict.text() for _, verdict in lab.linearity.texts.values())


@pytest.mark.parametrize(
    "state",
    [
        {"kernel": [[1, 2], [3, 4]]},
        {"kernel": [[1, 2, 3]]},
        {"kernel": "x"},
        {"kernel": [[float("nan")]]},
        {"steps": 10},
        {"steps": "x"},
        {"place": [2, 0]},
        {"place": [0.5]},
    ],
)
def test_an_impossible_state_is_refused_by_its_key(lab_window, show, state):
    lab = show("filters")
    with pytest.raises(ValueError, match=f"^{next(iter(state))}"):
        lab.set_state(state)


def test_a_kernel_out_of_a_script_is_taken_whole_or_refused(lab_window, show):
    lab = show("filters", preset="own", size=5)
    kernel = np.arange(25.0).reshape(5, 5).tolist()
    lab.set_state({"kernel": kernel})
    assert lab.state()["kernel"] == kernel
    lab = show("filters", preset="own")
    with pytest.raises(ValueError, match=r"^kernel is 5×5, so it needs the parameter size = 5"):
        lab.set_state({"kernel": kernel})
    lab = show("filters", preset="box", size=5)
    with pytest.raises(ValueError, match=r'^kernel needs the parameter preset = "own"'):
        lab.set_state({"kernel": kernel})


def test_a_preset_larger_than_the_size_is_typed_into_as_it_is(qtbot, lab_window, show):
    lab = show("filters", preset="Laplacian", size=1)
    type_into(qtbot, lab.kernel, 0, 0, "5")
    settle(qtbot, lab_window)
    assert lab.kernel.numbers.shape == (3, 3)
    assert lab_window.bench.parameters.size == 3


@pytest.mark.parametrize(("name", "field"), [("filters", "size"), ("descent", "patch")])
def test_what_has_a_middle_stays_odd_when_an_even_number_is_typed(qtbot, lab_window, show, name, field):
    show(name)
    box = lab_window.bench.form.controls[field].box
    box.setValue(4)
    settle(qtbot, lab_window)
    assert box.value() == 5
    assert getattr(lab_window.bench.parameters, field) == 5


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("-2", -2.0), ("−2", -2.0), ("1/9", 1 / 9), ("1,5", 1.5), ("2e-3", 0.002)]
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert number_of(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (-2.0, "−2"), (1 / 9, "0.111"), (1234.5, "1234"), (1.7e-6, "1.7·10⁻⁶"),
        (float("nan"), ""), (float("inf"), "∞"), (-3e12, "−3·10¹²"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(value, text):
    assert number_text(value) == text
