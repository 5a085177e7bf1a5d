"""Numbers as people write them."""

import pytest

from ui.labs.numbers import near_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.0, "0"), (0.25, "0.25"), (0.9999546, "0.99995"), (-0.9999999959, "−0.999999996"), (1 - 1e-15, "1")],
)
def test_what_is_nearly_one_is_not_written_as_one(value, text):
    assert near_text(value) == text
