"""The strip that tells which frames are known: shares per column, settings in force against others."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor

from motionapp.settings import PRESETS
from ui.analysis.coverage import Coverage, strip_image

LIVE, FINE = PRESETS["live"], PRESETS["accurate"]


def test_a_frame_counts_for_all_settings_it_was_made_with():
    seen = Coverage(3)
    seen.add(1, LIVE)
    assert seen.shares(LIVE, 1).ravel().tolist() == [0.5, 0.0]  # the middle frame of three, the outer ones by half
    assert seen.shares(FINE, 1).ravel().tolist() == [0.0, 0.5]
    seen.add(1, FINE)
    assert seen.shares(LIVE, 1).ravel().tolist() == [0.5, 0.0]
    assert seen.shares(replace(FINE), 1).ravel().tolist() == [0.5, 0.0]
    assert seen.shares(PRESETS["balanced"], 1).ravel().tolist() == [0.0, 0.5]


def test_settings_tried_long_ago_still_count_as_others():
    seen = Coverage(3)
    for step in range(1, 30):
        seen.add(1, replace(LIVE, warps=step))
    assert seen.shares(replace(LIVE, warps=29), 1).ravel().tolist() == [0.5, 0.0]
    assert seen.shares(replace(LIVE, warps=1), 1).ravel().tolist() == [0.0, 0.5]


@pytest.mark.parametrize("count", [2, 10, 1024, 5000])
@pytest.mark.parametrize("columns", [1, 7, 1024])
def test_shares_add_up_to_what_was_seen(count, columns):
    seen = Coverage(count)
    frames = np.random.default_rng(count).choice(count, count // 2, replace=False)
    seen.add(frames, LIVE)
    inner = np.isin(np.arange(count), frames).astype(float)
    inner[[0, -1]] *= 0.5
    shares = seen.shares(LIVE, columns)
    assert shares.shape == (2, columns)
    assert shares[0].mean() * (count - 1) == pytest.approx(inner.sum())
    assert not shares[1].any()


def test_only_news_count_as_change_and_frames_beyond_the_end_are_left_out():
    seen = Coverage(5)
    seen.add(2, LIVE)
    seen.add(2, LIVE)
    assert seen.changes == 1
    seen.add(np.array([-1, 5, 99]), LIVE)
    assert seen.changes == 1


@pytest.mark.parametrize("count", [0, 1])
def test_live_sources_and_pictures_have_no_strip(count):
    seen = Coverage(count)
    seen.add(0, LIVE)
    assert not seen.shares(LIVE).any()


def test_the_strip_is_as_strong_as_its_columns_are_full():
    these, others = QColor("#00ff00"), QColor("#808080")
    image = strip_image(np.array([[1.0, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]), these, others)
    assert (image.width(), image.height()) == (4, 1)
    assert [image.pixelColor(x, 0).alpha() for x in range(4)] == [255, 128, 255, 0]
    assert image.pixelColor(0, 0).name() == "#00ff00"
    assert image.pixelColor(2, 0).name() == "#808080"
