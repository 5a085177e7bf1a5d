"""Which pixels a region holds, against a naive oracle, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.analysis.regions import Region
from motionapp.types import MotionError


def naive_mask(corners, height, width):
    """Cast a ray from each pixel's centre to the left and count the sides it meets."""
    inside = np.zeros((height, width), bool)
    for row in range(height):
        for column in range(width):
            x, y = column + 0.5, row + 0.5
            for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0])):
                if (y0 <= y) != (y1 <= y) and x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x:
                    inside[row, column] ^= True
    return inside


_PLACE = st.tuples(st.floats(-20, 30), st.floats(-20, 30))


@given(st.lists(_PLACE, min_size=3, max_size=9), st.integers(1, 12), st.integers(1, 14))
def test_masks_are_those_of_a_naive_oracle(points, height, width):
    region, expected = Region("r", tuple(points)), naive_mask(points, height, width)
    if expected.any():
        # a side that passes within rounding of a centre may fall either way
        assert np.count_nonzero(region.mask(height, width) != expected) <= (0 if _clear(points, height, width) else 99)
    else:
        with pytest.raises(MotionError, match="“r” holds no pixel"):
            region.mask(height, width)


def _clear(points, height, width):
    y, x = np.mgrid[0:height, 0:width] + 0.5
    near = np.inf
    for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0])):
        if y0 != y1:
            near = min(near, np.abs(x0 + (y - y0) * (x1 - x0) / (y1 - y0) - x).min())
    return near > 1e-6


def test_a_rectangle_takes_columns_and_rows_as_a_slice_does():
    expected = np.zeros((20, 30), bool)
    expected[3:8, 5:15] = True
    np.testing.assert_array_equal(Region.parse("a=5,3,10,5").mask(20, 30), expected)
    np.testing.assert_array_equal(Region("a", ((15, 3), (5, 8))).mask(20, 30), expected)


def test_regions_side_by_side_share_no_pixel_and_leave_none_out():
    left = Region("l", ((0, 0), (7.3, 0), (4.1, 10), (0, 10))).mask(10, 12)
    right = Region("r", ((7.3, 0), (12, 0), (12, 10), (4.1, 10))).mask(10, 12)
    np.testing.assert_array_equal(left ^ right, True)


def test_regions_may_lie_partly_outside():
    expected = np.zeros((6, 8), bool)
    expected[:2, 6:] = True
    np.testing.assert_array_equal(Region.parse("a=6,-5,100,7").mask(6, 8), expected)


@pytest.mark.parametrize("place", ["100,0,5,5", "0,-9,8,9", "3.1,2.1,0.2,0.2", "1,1;5,5;9,9"])
def test_a_region_without_a_pixel_is_refused_by_name(place):
    with pytest.raises(MotionError, match="“hand” holds no pixel of a picture of 8×6 px"):
        Region.parse(f"hand={place}").mask(6, 8)


@pytest.mark.parametrize(
    "text", ["hand=1,2,3,4", "a=b=0,0,1,1", "=cmd=1,2,3,4", "ä, \"'=1.5,2;3,4.25;7,0", "x=-3,-4,9,9"]
)
def test_text_gives_the_same_region(text):
    region = Region.parse(text)
    assert str(region) == text
    assert Region.parse(str(region)) == region


@given(st.lists(_PLACE, min_size=2, max_size=5))
def test_any_region_survives_its_text(points):
    region = Region("r", tuple(points))
    again = Region.parse(str(region))
    assert again == region or (len(points) == 2 and _same_rectangle(again, region))


def _same_rectangle(one, other):
    return [sorted(values) for values in zip(*one.points)] == [sorted(values) for values in zip(*other.points)]


def test_names_are_as_people_write_them():
    assert Region.parse(" left hand =0,0,1,1").name == "left hand"
    assert Region("e\u0301", ((0, 0), (1, 1))).name == "\u00e9"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hand", "NAME=x,y,w,h"),
        ("hand=1,2,3", "NAME=x,y,w,h"),
        ("hand=1,2,3,x", "NAME=x,y,w,h"),
        ("hand=1,2;3", "NAME=x,y,w,h"),
        ("hand=1,2,0,4", "above 0"),
        ("hand=1,2,nan,4", "above 0"),
        ("hand=1,2,inf,4", "no place in a picture"),
        ("hand=1,nan;2,3;4,5", "no place in a picture"),
        ("=1,2,3,4", "needs a name"),
        ("All=1,2,3,4", "whole picture"),
        ("a\nb=1,2,3,4", "cannot be printed"),
        ("x" * 61 + "=1,2,3,4", "60 characters"),
    ],
)
def test_what_cannot_be_is_said(text, said):
    with pytest.raises(MotionError) as caught:
        Region.parse(text)
    assert said in str(caught.value)


def test_a_region_has_two_points_at_least_and_a_thousand_at_most():
    for points in [((0, 0),), tuple((float(i), 0.0) for i in range(1001))]:
        with pytest.raises(MotionError, match="2 to 1000"):
            Region("r", points)
