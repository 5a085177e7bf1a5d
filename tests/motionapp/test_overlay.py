"""Arrows, colours and what is drawn: geometry in numbers, colours against the published rule."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.overlay import (
    ArrowScale,
    arrows,
    colour_wheel,
    compose,
    draw,
    flow_to_colour,
    reference_speed,
    speed_to_heat,
)
from motionapp.palette import ARROW, SPEEDS
from motionapp.scenes import SceneSource
from motionapp.settings import Settings, ViewSettings
from motionapp.types import Frame, Motion

ARROWS, OFF = ViewSettings(), ViewSettings(mode="off")


def _field(u, v, shape=(48, 64)):
    return np.broadcast_to(np.array([u, v], np.float32)[:, None, None], (2, *shape)).copy()


def _sure(flow):
    return np.ones(flow.shape[1:], np.float32)


def _motion(flow, confidence=None, dt_s=1 / 30, image=None):
    if image is None:
        image = np.random.default_rng(0).integers(0, 256, (*flow.shape[1:], 3), np.uint8)
    return Motion(Frame(1, dt_s, image), flow, _sure(flow) if confidence is None else confidence, dt_s, Settings())


def _naive_middlebury(u, v):
    """The published rule for one vector whose full colour is length 1, loops and all."""
    wheel = []
    for steps, (rising, fixed, falling) in zip(
        (15, 6, 4, 11, 13, 6), ((1, 0, None), (None, 1, 0), (2, 1, None), (None, 2, 1), (0, 2, None), (None, 0, 2))
    ):
        for step in range(steps):
            colour = [0, 0, 0]
            colour[fixed] = 255
            if rising is not None:
                colour[rising] = math.floor(255 * step / steps)
            if falling is not None:
                colour[falling] = 255 - math.floor(255 * step / steps)
            wheel.append(colour)
    radius = math.hypot(u, v)
    position = (math.atan2(-v, -u) / math.pi + 1) / 2 * (len(wheel) - 1)
    low = int(position)
    high, part = (low + 1) % len(wheel), position - low
    colour = []
    for channel in range(3):
        value = ((1 - part) * wheel[low][channel] + part * wheel[high][channel]) / 255
        colour.append(int(255 * (1 - radius * (1 - value) if radius <= 1 else 0.75 * value)))
    return colour


@given(st.floats(0, 2 * math.pi), st.floats(0, 2.5))
def test_colours_keep_the_published_rule(angle, radius):
    u, v = np.float32(radius * math.cos(angle)), np.float32(radius * math.sin(angle))
    if abs(radius - 1.0) < 0.01 or (abs(v) < 1e-3 and u > 0):
        return  # at the full colour and at pure right the rule itself jumps
    got = flow_to_colour(np.array([[[3 * u]], [[3 * v]]], np.float32), 3.0)[0, 0]
    np.testing.assert_allclose(got, _naive_middlebury(float(u), float(v)), atol=4)


def test_colours_of_the_compass():
    flow = np.array([[[1.0, 0, -1, 0, 0, np.nan, 100]], [[0.0, 1, 0, -1, 0, 1, 0]]], np.float32)
    right, down, left, up, still, unknown, fast = flow_to_colour(flow * 0.999, 1.0)[0].astype(int)
    assert right[0] > 250
    assert right[1:].max() < 5
    assert down[1] > down[2]
    assert left[2] > left[0]
    assert up[2] == 255
    assert still.tolist() == [255, 255, 255]
    assert unknown.tolist() == [0, 0, 0]
    np.testing.assert_allclose(fast, 0.75 * right, atol=2)


def test_heat_grows_in_brightness_with_speed_and_stays_on_top():
    speeds = np.linspace(0, 12, 200, dtype=np.float32)[None]
    colours = speed_to_heat(np.stack([speeds, np.zeros_like(speeds)]), 10.0)[0].astype(float)
    luma = colours @ [0.2126, 0.7152, 0.0722]
    assert luma[0] < 2
    assert (np.diff(luma) > -1.5).all()
    assert luma[170] > 200
    np.testing.assert_array_equal(colours[170:], np.broadcast_to(colours[170], colours[170:].shape))
    assert colours[100][0] > colours[100][2]  # warm, so red before blue: RGB
    assert speed_to_heat(np.full((2, 1, 1), np.nan, np.float32), 1.0).max() < 5


def test_colour_wheel_is_the_colour_of_its_own_directions():
    wheel = colour_wheel(101)
    assert wheel.shape == (101, 101, 4)
    assert wheel[0, 0, 3] == 0
    assert wheel[50, 50].tolist() == [255, 255, 255, 255]
    y, x = np.mgrid[-40:41:10, -40:41:10]
    inside = np.hypot(x, y) < 45
    flow = np.stack([x, y])[:, inside].astype(np.float32)[:, None] / np.float32(50.5)
    expected = flow_to_colour(flow, 1.0)[0].astype(int)
    np.testing.assert_allclose(wheel[50 + y[inside], 50 + x[inside], :3], expected, atol=6)


def _parts(field):
    corners = field.corners
    tail, tip = 0.5 * (corners[:, 0] + corners[:, 6]), corners[:, 3]
    neck = 0.5 * (corners[:, 1] + corners[:, 5])
    return tail, tip, neck, corners


@pytest.mark.parametrize("angle", np.linspace(0.1, 2 * math.pi, 9))
@pytest.mark.parametrize("speed", [0.6, 3.0, 40.0])
def test_arrow_stands_on_the_grid_and_is_the_motion(angle, speed):
    flow = _field(speed * math.cos(angle), speed * math.sin(angle))
    field = arrows(flow, _sure(flow), 16, 0.5, 0.1, 1 / 30)
    tail, tip, neck, corners = _parts(field)
    expected = [(x, y) for y in (8, 24, 40) for x in (8, 24, 40, 56)]
    np.testing.assert_allclose(tail, expected, atol=1e-4)
    length = 0.1 * speed * 30
    np.testing.assert_allclose(
        tip - tail, np.broadcast_to(length * flow[:, 0, 0] / speed, tail.shape), rtol=1e-4, atol=1e-4
    )
    head = np.linalg.norm(tip - neck, axis=1)
    assert (head <= 0.4 * length + 1e-3).all()
    assert (head <= 10.001).all()
    assert (np.linalg.norm(corners[:, 2] - corners[:, 4], axis=1) <= 12.0).all()
    np.testing.assert_allclose(field.speed_px_s, speed * 30, rtol=1e-5)
    assert field.px_per_px_s == 0.1


def test_outlines_lie_evenly_about_their_motion():
    flow = _field(3, 1)
    field = arrows(flow, _sure(flow), 16, 0.5, 0.1, 0.04)
    assert (field.corners.shape, field.speed_px_s.shape) == ((12, 7, 2), (12,))
    assert field.corners.dtype == field.speed_px_s.dtype == np.float32
    tail, tip, _, corners = _parts(field)
    along = (tip - tail) / np.linalg.norm(tip - tail, axis=1, keepdims=True)
    from_tail = corners - tail[:, None]
    off = along[:, None, 0] * from_tail[..., 1] - along[:, None, 1] * from_tail[..., 0]
    np.testing.assert_allclose(off, -off[:, ::-1], atol=1e-4)


def test_slow_unmeasured_and_first_have_no_arrows():
    flow = _field(3, 0)
    assert len(arrows(flow, _sure(flow), 16, 3.1, 0.1, 0.04).corners) == 0
    assert len(arrows(flow, _sure(flow) * 0.49, 16, 0.5, 0.1, 0.04).corners) == 0
    assert len(arrows(flow, _sure(flow), 16, 0.5, 0.1, 0.0).corners) == 0
    assert len(arrows(flow * 0, _sure(flow), 16, 0.0, 0.1, 0.04).corners) == 0
    confidence = _sure(flow)
    confidence[:, :32] = 0.0
    assert (_parts(arrows(flow, confidence, 16, 0.5, 0.1, 0.04))[0][:, 0] > 32).all()


def test_arrows_at_an_edge_take_one_side_and_outliers_do_not_count():
    flow = _field(4, 0)
    flow[0, :, 25:] = 0.0  # the edge runs through the neighbourhood of the grid column at 24
    flow[:, 8, 8] = 500.0
    field = arrows(flow, _sure(flow), 16, 0.5, 0.1, 0.1)
    np.testing.assert_allclose(np.unique(field.speed_px_s), 40.0, rtol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 17), (479, 641)])
@pytest.mark.parametrize("grid_px", [4, 16, 64])
def test_any_size_of_picture_has_arrows_inside_it(shape, grid_px):
    flow = _field(2, 1, shape)
    tail = _parts(arrows(flow, _sure(flow), grid_px, 0.5, 0.1, 0.04))[0]
    assert len(tail) >= 1
    assert (tail > -0.01).all()
    assert (tail < np.array(shape[::-1])).all()


@given(st.floats(0.001, 10.0))
def test_reference_speed_is_round_and_its_arrow_30_to_80_px(px_per_px_s):
    speed = reference_speed(px_per_px_s)
    assert 30.0 <= speed * px_per_px_s <= 80.001
    mantissa = speed / 10.0 ** math.floor(math.log10(speed) + 1e-9)
    assert min(abs(mantissa - round_one) for round_one in (1, 2, 5)) < 1e-6


def test_scale_takes_the_first_speed_and_then_keeps_still_while_an_arm_waves():
    scale, seen = ArrowScale(), []
    for index in range(300):
        speed = 300.0 * abs(math.sin(2 * math.pi * index / 75)) + 1.0
        seen.append(scale.follow(np.array([speed, 0.8 * speed]), 1 / 30, 16))
    assert len(set(seen[35:])) == 1
    assert 12.0 < 300.0 * seen[-1] < 60.0


def test_scale_follows_a_new_scene_in_seconds_in_round_steps():
    scale, steps, times = ArrowScale(), [], []
    for index in range(1200):
        step = scale.follow(np.full(9, 50.0 if index < 300 else 2000.0 if index < 600 else 20.0), 1 / 30, 16)
        if not steps or step != steps[-1]:
            steps.append(step)
            times.append(index / 30)
    assert all(later - earlier > 0.9 for earlier, later in itertools.pairwise(times))
    for step in steps:
        assert f"{step:e}"[0] in "125"
        assert f"{step:.6e}"[1:8] == ".000000"
    assert 10.0 < 20.0 * steps[-1] < 60.0
    assert 0.5 < times[1] - 10.0 < 2.0  # faster: a quarter of the memory
    assert 1.5 < times[2] - 20.0 < 3.5  # slower: three quarters


def test_scale_uses_real_time_not_frames():
    slow, fast = ArrowScale(), ArrowScale()
    for scale, rate in ((slow, 5), (fast, 60)):
        for index in range(6 * rate):
            scale.follow(np.full(4, 30.0 if index < rate else 900.0), 1 / rate, 16)
    assert slow.px_per_px_s == fast.px_per_px_s


def test_scale_ignores_one_wild_frame():
    scale = ArrowScale()
    for index in range(100):
        step = scale.follow(np.full(4, 9000.0 if index == 60 else 90.0), 1 / 30, 16)
        assert step == scale.px_per_px_s == 0.2


def test_scale_without_motion_stays():
    scale = ArrowScale()
    before = scale.follow(np.full(4, 3000.0), 0.03, 16)
    for _ in range(500):
        assert scale.follow(np.empty(0), 0.03, 16) == before


def test_locked_scale_is_taken_from_the_view():
    flow = _field(3, 0)
    view = replace(ARROWS, scale_locked=True, px_per_px_s=0.37)
    assert compose(_motion(flow), view, ArrowScale()).arrows.px_per_px_s == 0.37


@pytest.mark.parametrize("mode", ["arrows", "colour", "heat", "off"])
def test_every_view_shares_measures_and_scale_and_leaves_the_frame_alone(mode):
    flow = _field(3, 1)
    motion = _motion(flow)
    before = motion.frame.image.copy()
    picture = compose(motion, ViewSettings(mode=mode), ArrowScale())
    drawn = draw(picture, ViewSettings(mode=mode))
    np.testing.assert_array_equal(motion.frame.image, before)
    assert picture.measures.mean_px_s == pytest.approx(math.hypot(3, 1) * 30, rel=1e-5)
    assert len(picture.arrows.corners) == 12
    for image in (picture.background, drawn):
        assert (image.shape, image.dtype, image.flags.c_contiguous) == ((48, 64, 3), np.uint8, True)


def test_background_of_each_view():
    flow = _field(3, 1)
    motion = _motion(flow)
    pictures = {mode: compose(motion, ViewSettings(mode=mode), ArrowScale()) for mode in ("arrows", "colour", "heat")}
    top_px = reference_speed(pictures["colour"].arrows.px_per_px_s) / 30
    assert pictures["arrows"].background is motion.frame.image
    np.testing.assert_array_equal(pictures["colour"].background, flow_to_colour(flow, top_px))
    np.testing.assert_array_equal(pictures["heat"].background, speed_to_heat(flow, top_px))


@pytest.mark.parametrize("mode", ["arrows", "colour", "heat"])
def test_unmeasured_is_grey_and_measured_is_not(mode):
    flow = _field(3, 1)
    confidence = _sure(flow)
    confidence[10:40, 20:50] = 0.2
    motion = _motion(flow, confidence)
    background = compose(motion, ViewSettings(mode=mode), ArrowScale()).background
    grey = background[15:35, 25:45]
    assert (np.ptp(grey, axis=2) == 0).all()
    assert grey.std() > 5  # the frame still shows
    plain = compose(motion, ViewSettings(mode=mode, grey_unmeasured=False), ArrowScale()).background
    np.testing.assert_array_equal(background[:5], plain[:5])
    assert np.ptp(plain[15:35, 25:45], axis=2).max() > 0


def test_first_frame_is_shown_as_it_is():
    flow = _field(0, 0)
    motion = _motion(flow, np.zeros((48, 64), np.float32), dt_s=0.0)
    for mode in ("arrows", "colour", "heat", "off"):
        picture = compose(motion, ViewSettings(mode=mode), ArrowScale())
        assert picture.background is motion.frame.image
        assert len(picture.arrows.corners) == 0


def test_drawn_arrows_are_blue_along_the_motion_and_off_draws_nothing():
    image = np.full((120, 160, 3), 200, np.uint8)
    motion = _motion(_field(8, 0, (120, 160)), image=image)
    picture = compose(motion, replace(ARROWS, grid_px=64, scale_locked=True, px_per_px_s=0.1), ArrowScale())
    drawn = draw(picture, ARROWS)
    assert drawn[32, 34:52].tolist() == [list(ARROW)] * 18
    assert (drawn[32, 60:90] == 200).all()
    assert (drawn[10] == 200).all()
    np.testing.assert_array_equal(draw(picture, OFF), image)


def test_colour_by_speed_gives_slow_and_fast_their_own_colours():
    image = np.full((120, 160, 3), 200, np.uint8)
    flow = _field(2.0, 0, (120, 160))
    flow[0, :, 80:] = 40.0
    view = replace(ARROWS, grid_px=64, scale_locked=True, px_per_px_s=0.1, colour_by_speed=True)
    drawn = draw(compose(_motion(flow, image=image), view, ArrowScale()), view)
    np.testing.assert_allclose(drawn[32, 34], SPEEDS[0], atol=3)  # 60 px/s, where the reference speed is 500
    np.testing.assert_allclose(drawn[32, 100], SPEEDS[-1], atol=3)


@pytest.mark.parametrize("shape", [(1, 1), (3, 17), (40, 300), (300, 40), (480, 640)])
@pytest.mark.parametrize("mode", ["arrows", "colour", "heat"])
def test_key_is_drawn_where_it_has_room(mode, shape):
    flow = _field(0.0, 0.0, shape)
    view = ViewSettings(mode=mode)
    picture = compose(_motion(flow), view, ArrowScale())
    changed = (draw(picture, view) != picture.background).any(axis=2)
    if shape == (480, 640):
        rows, columns = np.nonzero(changed)
        assert (rows.min() > 380, columns.max() < 200) == (True, True)
    if max(shape) < 20:
        assert not changed.any()


def test_moving_arm_has_arrows_on_the_arm_only():
    frame = SceneSource("moving-arm").frame(9)
    motion = Motion(frame, frame.truth.flow, _sure(frame.truth.flow), 1 / 30, Settings())
    tails = _parts(compose(motion, ARROWS, ArrowScale()).arrows)[0].astype(int)
    assert len(tails) > 30
    assert frame.truth.moving[tails[:, 1], tails[:, 0]].mean() > 0.95
