"""Numbers typed beyond their range become its nearest end, and the range can be read."""

from dataclasses import dataclass, fields

import pytest
from PySide6.QtCore import Qt

from motionapp.settings import TrainingSettings, number, odd
from ui.number_row import NumberRow, range_text
from ui.settings_form import SettingsForm


@dataclass(frozen=True, slots=True)
class Numbers:
    part: float = number(0.1, 0.0, 0.3, "Part", "A part", 0.01)
    angle: int = number(30, 0, 360, "Angle", "An angle")
    way: float = number(0.5, -5.0, 5.0, "Way", "To and fro", 0.1)
    size: int = odd(3, 1, 15, "Size", "Has a middle")


ENTRIES = {entry.name: entry for entry in fields(Numbers)}


def enter(qtbot, box, text):
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    return box.value()


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("part", "5", 0.3), ("part", "-1", 0.0), ("part", "0.2", 0.2), ("part", "0,25", 0.25), ("part", "0.123", 0.12),
        ("angle", "999", 360), ("angle", "-20", 0), ("angle", "45", 45), ("angle", "45.6", 46),
        ("way", "-77", -5.0), ("way", "-0.5", -0.5), ("size", "99", 15), ("size", "4", 5),
    ],
)  # fmt: skip
def test_a_number_beyond_its_range_becomes_the_nearest_one(qtbot, name, typed, value):
    row = NumberRow(ENTRIES[name])
    qtbot.addWidget(row)
    row.render_value(ENTRIES[name].default)
    told = []
    row.changed.connect(told.append)
    assert enter(qtbot, row.box, typed) == pytest.approx(value)
    assert told == [pytest.approx(value)]


def test_letters_are_not_typed_into_numbers(qtbot):
    row = NumberRow(ENTRIES["angle"])
    qtbot.addWidget(row)
    assert enter(qtbot, row.box, "a7b") == 7


@pytest.mark.parametrize(
    ("name", "text"),
    [("part", "0 to 0.3, step 0.01"), ("angle", "0 to 360"), ("way", "−5 to 5, step 0.1"), ("size", "1 to 15, odd")],
)
def test_the_range_can_be_read(qtbot, name, text):
    row = NumberRow(ENTRIES[name])
    qtbot.addWidget(row)
    assert range_text(ENTRIES[name].metadata) == text
    assert row.box.toolTip() == row.slider.toolTip() == f"{ENTRIES[name].metadata['help']}\n{text}"


def test_forms_clip_and_tell_their_ranges_too(qtbot):
    form = SettingsForm(TrainingSettings())
    qtbot.addWidget(form)
    form.changed.connect(form.render)
    assert enter(qtbot, form.controls["layers"], "7") == 3
    assert enter(qtbot, form.controls["momentum"], "5") == pytest.approx(0.999)
    assert enter(qtbot, form.controls["rate"], "1e-05") == pytest.approx(1e-5)
    assert form.controls["momentum"].toolTip().endswith("\n0 to 0.999, step 0.05")
