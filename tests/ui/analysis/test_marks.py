"""Regions and scale as a value: names, what is kept, and where they lie on a turned picture."""

import itertools
import json

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from motionapp.analysis.regions import Region
from motionapp.orientation import orient
from motionapp.settings import ViewSettings
from motionapp.types import Frame, MotionError
from ui.analysis.marks import Marks, ScaleLine, as_shown
from ui.analysis.marks_panel import MarksPanel

BOX = ((1.0, 2.0), (30.0, 20.0))
LINE = ScaleLine((0.0, 0.0), (30.0, 40.0), 100.0)


def test_a_new_region_has_a_name_that_no_other_has():
    marks = Marks().with_region(BOX).with_region(BOX)
    assert [region.name for region in marks.regions] == ["Region 1", "Region 2"]
    marks = marks.without("Region 1").with_region(BOX)
    assert [region.name for region in marks.regions] == ["Region 2", "Region 1"]


def test_a_region_is_renamed_in_its_place():
    marks = Marks().with_region(BOX).with_region(BOX).renamed("Region 1", "  left hand ")
    assert [region.name for region in marks.regions] == ["left hand", "Region 2"]
    assert marks.regions[0].points == BOX


@pytest.mark.parametrize("name", ["", "   ", "all", "ALL", "region 2", "x" * 61])
def test_names_that_cannot_be_are_refused_in_words(name):
    marks = Marks().with_region(BOX).with_region(BOX)
    with pytest.raises((MotionError, ValueError), match="region"):
        marks.renamed("Region 1", name)


def test_a_line_says_how_long_a_pixel_is():
    assert LINE.length_px == 50.0
    assert Marks(line=LINE).mm_per_px == 2.0
    assert Marks().mm_per_px is None


def test_marks_are_read_back_the_same():
    marks = Marks((Region("a=b", BOX), Region("ö", ((0.0, 0.0), (5.0, 0.5), (3.0, 9.0)))), LINE)
    assert Marks.from_json(marks.to_json()) == marks


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"regions": 3, "line": 4}', '{"regions": [{"name": 1}]}',
     '{"regions": [{"name": "all", "points": [[0, 0], [1, 1]]}]}',
     '{"line": [0, 0, 0, 0, 5]}', '{"line": [0, 0, 9, 9, -5]}', '{"line": [0, 0, 9, 9, "x"]}',
     '{"line": [0, 0, 1e999, 9, 1]}'],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(text):
    assert Marks.from_json(text) == Marks()


def test_of_two_regions_with_one_name_only_one_is_read():
    twice = json.dumps({"regions": [{"name": name, "points": BOX} for name in ("a", "A")]})
    assert len(Marks.from_json(twice).regions) == 1


@pytest.mark.parametrize(("mirror", "turns"), list(itertools.product((False, True), range(4))))
def test_marks_lie_where_the_picture_is_mirrored_and_turned_to(mirror, turns):
    image = np.zeros((5, 7, 3), np.uint8)
    image[1, 2] = 255
    shown = orient(Frame(0, 0.0, image), mirror, turns).image
    height, width = shown.shape[:2]
    transform = as_shown(ViewSettings(mirror=mirror, quarter_turns=turns), width, height)
    place = transform.map(QPointF(2.5, 1.5))  # the middle of that pixel
    assert shown[int(place.y()), int(place.x())].tolist() == [255, 255, 255]
    assert (place.x() % 1, place.y() % 1) == (0.5, 0.5)
    back = transform.inverted()[0].map(place)
    assert (back.x(), back.y()) == (2.5, 1.5)


def test_a_line_gives_no_scale_before_its_length_is_said(qtbot):
    marks = Marks(line=ScaleLine((0.0, 0.0), (30.0, 40.0)))
    assert marks.mm_per_px is None
    assert Marks.from_json(marks.to_json()) == marks
    panel = MarksPanel()
    qtbot.addWidget(panel)
    panel.changed.connect(lambda changed: panel.render(changed, there=True))
    panel.render(marks, there=True)
    assert panel.length.text() == "?"
    assert "until then" in panel.scale.text()
    panel.length.setValue(100.0)
    assert panel.scale.text() == "50.0 px long, so 1 px is 2 mm"
