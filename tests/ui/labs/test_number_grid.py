"""Numbers typed into squares: what is taken, what is dropped, what is said, and where one goes from there."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.labs.number_grid import NumberGrid

from .conftest import settle


@pytest.fixture
def desk(qtbot):
    """Four numbers between two other fields, in a window that has the keys."""
    window = QWidget()
    window.grid, window.before, window.after = NumberGrid("g", editable=True), QLineEdit(), QLineEdit()
    layout = QHBoxLayout(window)
    for widget in (window.before, window.grid, window.after):
        layout.addWidget(widget)
    qtbot.addWidget(window)
    window.resize(700, 300)
    window.grid.show_numbers(np.array([[1.0, 2.0], [3.0, 4.0]]))
    window.grid.edited.connect(window.grid.show_numbers)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def grid(desk):
    return desk.grid


def click(qtbot, grid, row, column):
    at = grid.square(row, column).center()
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(round(at.x()), round(at.y())))
    return grid._editor


def press(qtbot, editor, text, key=None):
    qtbot.keyClicks(editor, text)
    if key is not None:
        qtbot.keyClick(editor, key)


def test_escape_drops_what_was_typed(qtbot, grid):
    editor = click(qtbot, grid, 0, 0)
    press(qtbot, editor, "5", Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert grid.hasFocus()
    assert grid.numbers[0, 0] == 1


def test_escape_belongs_to_the_number_and_not_to_the_lecture(qtbot, lab_window, show):
    lab = show("filters")
    left = []
    lab_window.commands["leave"].triggered.connect(lambda: left.append(1))
    lab_window.activateWindow()
    qtbot.waitUntil(lab_window.isActiveWindow)
    press(qtbot, click(qtbot, lab.kernel, 0, 0), "5", Qt.Key.Key_Escape)
    assert not lab.kernel._editor.isVisible()
    assert left == []


def test_tab_types_row_by_row_and_leaves_behind_the_last_square(qtbot, grid):
    editor = click(qtbot, grid, 0, 0)
    for text in ("5", "6", "7"):
        press(qtbot, editor, text, Qt.Key.Key_Tab)
        assert editor.isVisible()
        assert editor.hasSelectedText()
    press(qtbot, editor, "8", Qt.Key.Key_Tab)
    assert not editor.isVisible()
    assert grid.window().after.hasFocus()
    assert grid.numbers.tolist() == [[5, 6], [7, 8]]


def test_shift_tab_goes_back_and_leaves_before_the_first_square(qtbot, grid):
    editor = click(qtbot, grid, 1, 0)
    for _ in range(3):
        assert editor.isVisible()
        qtbot.keyClick(editor, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert not editor.isVisible()
    assert grid.window().before.hasFocus()
    assert grid.numbers.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
@pytest.mark.parametrize("text", ["abc", "nan", "1/0", "inf"])
def test_what_is_no_number_is_said_and_stays_to_be_repaired(qtbot, grid, text, key):
    editor = click(qtbot, grid, 0, 0)
    press(qtbot, editor, text, key)
    assert editor.isVisible()
    assert editor.text() == text
    assert editor.toolTip() == f"“{text}” is no number"
    assert "border" in editor.styleSheet()
    editor.clear()
    press(qtbot, editor, "9", Qt.Key.Key_Return)
    assert editor.styleSheet() == editor.toolTip() == ""
    assert grid.numbers[0, 0] == 9


def test_a_click_elsewhere_takes_a_number(qtbot, grid):
    editor = click(qtbot, grid, 0, 0)
    press(qtbot, editor, "5")
    grid.window().after.setFocus()
    assert not editor.isVisible()
    assert grid.numbers[0, 0] == 5


def test_a_click_elsewhere_gives_up_what_is_no_number_and_says_so(qtbot, grid, monkeypatch):
    said = []
    monkeypatch.setattr("ui.labs.cell_editor.QToolTip.showText", lambda _at, text, _widget: said.append(text))
    editor = click(qtbot, grid, 0, 0)
    press(qtbot, editor, "abc")
    grid.window().after.setFocus()
    qtbot.waitUntil(lambda: "“abc” is no number: nothing is changed" in said)
    assert not editor.isVisible()
    assert grid.numbers[0, 0] == 1


def test_a_number_that_is_not_touched_keeps_all_its_digits(qtbot, grid):
    grid.show_numbers(np.full((1, 1), 1 / 9))
    changed = []
    grid.edited.connect(changed.append)
    press(qtbot, click(qtbot, grid, 0, 0), "", Qt.Key.Key_Return)
    assert changed == []


def test_other_numbers_drop_what_was_typed_for_those_before(qtbot, grid):
    editor = click(qtbot, grid, 0, 0)
    press(qtbot, editor, "5")
    grid.show_numbers(np.zeros((3, 3)))
    assert not editor.isVisible()
    assert grid.hasFocus()
    assert not grid.numbers.any()


def test_the_editor_goes_with_its_square(qtbot, grid):
    editor = click(qtbot, grid, 1, 1)
    grid.window().resize(900, 500)
    qtbot.waitUntil(lambda: grid.square(1, 1).contains(editor.geometry().center()))


def test_a_number_is_read_whole_where_its_square_is_too_small(qtbot, grid):
    grid.show_numbers(np.full((15, 15), -1.2345e-7))
    editor = click(qtbot, grid, 14, 14)
    assert editor.fontMetrics().horizontalAdvance(editor.text()) < editor.width()
    assert grid.rect().contains(editor.geometry())


@pytest.mark.parametrize("page", ["impulse", "example", "linearity"])
def test_another_page_drops_what_was_typed(qtbot, lab_window, show, page):
    lab = show("filters", preset="sharpen")
    kernel = lab.kernel.numbers
    press(qtbot, click(qtbot, lab.kernel, 0, 0), "5")
    lab.pages.buttons[page].click()
    settle(qtbot, lab_window)
    assert not lab.kernel._editor.isVisible()
    lab.pages.buttons["picture"].click()
    settle(qtbot, lab_window)
    assert not lab.kernel._editor.isVisible()
    assert lab_window.bench.parameters.preset == "sharpen"
    assert (lab.kernel.numbers == kernel).all()


@pytest.mark.parametrize("how", ["reset", "preset", "size"])
def test_a_reset_another_kernel_and_another_size_drop_what_was_typed(qtbot, lab_window, show, how):
    lab = show("filters")
    press(qtbot, click(qtbot, lab.kernel, 0, 0), "0")
    form = lab_window.bench.form.controls
    if how == "reset":
        lab_window.head.buttons["reset"].click()
    elif how == "preset":
        form["preset"].setCurrentIndex(form["preset"].findData("box"))
    else:
        form["size"].slider.setValue(3)
    assert not lab.kernel._editor.isVisible()
    qtbot.keyClick(lab.kernel, Qt.Key.Key_Return)
    qtbot.keyClick(lab.kernel._editor, Qt.Key.Key_Return)
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.preset != "own"


def test_numbers_are_written_smaller_before_they_vanish(qtbot, lab_window, show):
    lab_window.commands["projector"].trigger()
    lab = show("filters", preset="sharpen", size=3)
    for grid in (lab.around, lab.kernel, lab.products):
        assert grid.writes_numbers
