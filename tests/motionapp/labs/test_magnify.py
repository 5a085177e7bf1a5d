import math
from dataclasses import fields, replace

import numpy as np
import pytest

from motionapp.labs.magnify import COLUMNS, SPAN_S, Parameters, Stream, band_text, strip
from motionapp.labs.view import LabView
from motionapp.magnification import Magnifier
from motionapp.scenes import LAB_SCENES, SceneSource
from motionapp.settings import usable
from motionapp.types import Frame

PARAMETERS = Parameters(alpha=20.0, low_hz=0.6, high_hz=1.6)
PLACE = (0.5, 0.33)


@pytest.fixture(scope="module")
def frames():
    source = SceneSource("trembling", 160, 120)
    return [source.frame(index) for index in range(40)]


def view(frames, at, history=0):
    return LabView(frames[at], tuple(frames[max(0, at - history) : at]))


def test_it_shows_what_the_magnifier_makes_of_every_frame_also_of_those_in_between(frames):
    stream, magnifier = Stream(), Magnifier(PARAMETERS.settings)
    expected = [magnifier.step(frame) for frame in frames]
    for at in (0, 1, 2, 5, 6, 30):
        shown = stream.show(view(frames, at, 30), PARAMETERS, PLACE)
        np.testing.assert_array_equal(shown.before, frames[at].image)
        np.testing.assert_array_equal(shown.after, expected[at])


def test_the_strips_are_the_lines_of_the_frames(frames):
    stream = Stream()
    for at in range(40):
        shown = stream.show(view(frames, at), replace(PARAMETERS, reach=0.1), PLACE)
    assert shown.strip_before.shape == shown.strip_after.shape == (5 * 24, COLUMNS, 3)
    assert (shown.cut, shown.at, shown.first, shown.length) == ("column", 80, 27, 24)
    for strip_shown, picture in ((shown.strip_before, shown.before), (shown.strip_after, shown.after)):
        assert strip_shown.flags.c_contiguous
        np.testing.assert_array_equal(strip_shown[::5, -1], picture[27:51, 80])
        np.testing.assert_array_equal(strip_shown[4::5, -1], picture[27:51, 80])
    across = stream.show(view(frames, 39), replace(PARAMETERS, reach=0.1, cut="row"), PLACE)
    assert across.at == 39
    line = frames[39].image[39, across.first : across.first + across.length]
    np.testing.assert_array_equal(across.strip_before[:: len(across.strip_before) // across.length, -1], line)


def test_what_sways_within_the_band_sways_more_and_nothing_else_does(frames):
    stream = Stream()
    for at in range(40):
        shown = stream.show(view(frames, at), PARAMETERS, PLACE)
    change = np.abs(shown.after.astype(int) - shown.before).mean(axis=2)
    disc, tile = change[20:100, 50:105].mean(), change[20:100, 108:156].mean()
    assert disc > 4 * tile


def test_a_picture_that_stands_follows_the_settings(frames):
    stream = Stream()
    first = stream.show(view(frames, 20, 20), PARAMETERS, PLACE)
    louder = stream.show(view(frames, 20, 20), replace(PARAMETERS, alpha=50.0), PLACE)
    again = stream.show(view(frames, 20, 20), PARAMETERS, PLACE)
    assert (louder.after != first.after).any()
    np.testing.assert_array_equal(again.after, first.after)
    np.testing.assert_array_equal(again.strip_after, first.strip_after)


def test_more_of_the_past_of_a_picture_that_stands_fills_the_strip(frames):
    stream = Stream()
    stream.show(view(frames, 30, 1), PARAMETERS, PLACE)
    shown, expected = (one.show(view(frames, 30, 30), PARAMETERS, PLACE) for one in (stream, Stream()))
    np.testing.assert_array_equal(shown.after, expected.after)
    np.testing.assert_array_equal(shown.strip_before, expected.strip_before)
    assert shown.span_s == expected.span_s


def test_a_clip_that_begins_again_is_magnified_afresh_and_its_strip_goes_on(frames):
    stream = Stream()
    for at in (*range(30), 0):
        shown = stream.show(view(frames, at), PARAMETERS, PLACE)
    np.testing.assert_array_equal(shown.after, frames[0].image)
    assert (shown.strip_before[:, -10] != 128).any()


def test_another_size_of_picture_begins_anew(frames):
    stream = Stream()
    stream.show(view(frames, 5), PARAMETERS, PLACE)
    small = Frame(6, 0.2, np.ascontiguousarray(frames[6].image[:50]))
    shown = stream.show(LabView(small), PARAMETERS, (1.0, 1.0))
    np.testing.assert_array_equal(shown.after, small.image)
    assert (shown.strip_before[:, :-1] == 128).all()


def test_a_strip_keeps_to_the_time():
    lines = [np.full((3, 3), number, np.uint8) for number in (10, 20, 30)]
    shown = strip(lines, np.array([5.0, 6.0, 8.0]), SPAN_S)[0, :, 0]
    step_s = SPAN_S / COLUMNS
    times = 8.0 - SPAN_S + (np.arange(COLUMNS) + 1) * step_s
    np.testing.assert_array_equal(shown[times < 5.0 - step_s], 128)
    np.testing.assert_array_equal(shown[(times > 5.0) & (times < 6.0 - step_s)], 10)
    np.testing.assert_array_equal(shown[(times > 6.0) & (times < 8.0 - step_s)], 20)
    assert shown[-1] == 30


def test_a_strip_is_as_long_as_what_was_seen_up_to_six_seconds():
    source, stream = SceneSource("trembling", 32, 24, frame_count=400), Stream()
    spans = [stream.show(LabView(source.frame(index)), PARAMETERS, PLACE).span_s for index in range(220)]
    assert spans[0] == spans[20] == 1.0
    assert spans[90] == pytest.approx(3.0)
    assert spans[-1] == pytest.approx(6.0)


def test_no_band_is_empty_and_all_are_told_in_beats():
    assert Parameters(low_hz=5.0, high_hz=1.0).band_hz == (5.0, pytest.approx(5.5))
    assert band_text(PARAMETERS) == "0.6 to 1.6 Hz = 36 to 96 beats per minute"
    assert "as To is not above From" in band_text(Parameters(low_hz=5.0, high_hz=1.0))
    for entry in fields(Parameters):
        assert usable(entry, entry.default)


@pytest.mark.parametrize(
    ("band", "rate_hz", "said"),
    [((0.6, 1.6), 25.0, ""), ((5.0, 15.0), 25.0, "up to 12.2 Hz"), ((14.0, 15.0), 25.0, "show nothing of it")],
)
def test_what_frames_cannot_show_of_a_band_is_said(band, rate_hz, said):
    chosen = Parameters(low_hz=band[0], high_hz=band[1])
    assert band_text(chosen, rate_hz).removeprefix(band_text(chosen)).startswith(". 25 frames" if said else "")
    assert said in band_text(chosen, rate_hz)


def test_the_rate_is_that_of_the_frames():
    source, stream = SceneSource("trembling", 32, 24, frame_count=400), Stream()
    rates = [stream.show(LabView(source.frame(index)), PARAMETERS, PLACE).rate_hz for index in range(0, 12, 2)]
    assert rates[0] == math.inf
    assert rates[-1] == pytest.approx(15.0)


def test_the_trembling_scene_is_a_source_that_only_labs_offer():
    from motionapp.scenes import SCENES
    from motionapp.sources import open_source

    assert not LAB_SCENES.keys() & SCENES.keys()
    source = open_source("scene:trembling")
    assert source.info.frame_count == 300
    truth = SceneSource("trembling", 160, 120).frame(3).truth
    assert 0 < np.abs(truth.flow).max() < 0.2
    assert truth.moving.any()


def test_another_source_at_the_same_moment_is_not_taken_for_the_first():
    stream = Stream()
    for shade in (40, 200):
        frame = Frame(0, 0.0, np.full((64, 64, 3), shade, np.uint8))
        shown = stream.show(LabView(frame), PARAMETERS, PLACE)
        assert shown.before[0, 0, 0] == shade
