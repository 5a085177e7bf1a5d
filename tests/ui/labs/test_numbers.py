"""Numbers as people write them."""

import pytest

from ui.labs.numbers import near_text
from ui.labs.parameters_form import choice_text
from ui.plot_canvas import NumberAxis


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.0, "0"), (0.25, "0.25"), (0.9999546, "0.99995"), (-0.9999999959, "−0.999999996"), (1 - 1e-15, "1")],
)
def test_what_is_nearly_one_is_not_written_as_one(value, text):
    assert near_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("x²", "x²"), ("sin x", "sin x"), ("|x|", "|x|"), ("xor", "XOR"), ("two blobs", "Two blobs"), ("second", "B")],
)
def test_formulas_and_abbreviations_are_not_written_as_words(value, text):
    assert choice_text(value) == text


def test_ticks_have_the_minus_of_all_other_numbers(qtbot):
    axis = NumberAxis("bottom")
    assert axis.tickStrings([-1.0, 0.0, 1.0], 1.0, 1.0) == ["−1", "0", "1"]
