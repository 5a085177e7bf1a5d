"""The synthetic scenes: what they say moved did move, by independent means."""

import math

import av
import numpy as np
import pytest
from scipy.ndimage import binary_erosion, map_coordinates

from motionapp.figure import WAVE
from motionapp.scenes import PERIOD_S, SCENES, SceneSource, main, write_clip
from motionapp.sources import SourceError

MOVING = [name for name in SCENES if name != "still"]


@pytest.fixture(scope="module")
def sources():
    return {name: SceneSource(name) for name in SCENES}


def _interior(frame, before, depth=4):
    """Pixels whose motion is the same kind all around, now and where they came from: no edge, no occlusion."""
    flow, moving = frame.truth.flow, frame.truth.moving
    steps = np.abs(np.diff(flow, axis=1, prepend=flow[:, :1])) + np.abs(np.diff(flow, axis=2, prepend=flow[:, :, :1]))
    smooth = binary_erosion(steps.max(axis=0) < 0.5, iterations=depth, border_value=1)
    height, width = moving.shape
    y, x = np.mgrid[:height, :width]
    back_x, back_y = x - flow[0], y - flow[1]
    inside = (back_x > 2) & (back_x < width - 3) & (back_y > 2) & (back_y < height - 3)
    there = np.rint(np.clip(back_y, 0, height - 1)).astype(int), np.rint(np.clip(back_x, 0, width - 1)).astype(int)
    same_thing = np.abs(before.truth.flow[:, *there] - flow).max(axis=0) < 1.0  # nothing gathers speed faster
    unoccluded = (before.truth.moving[there] == moving) & same_thing & smooth[there]
    return smooth & inside & unoccluded, (back_y, back_x)


@pytest.mark.parametrize("index", [2, 31, 64])
@pytest.mark.parametrize("name", MOVING)
def test_previous_picture_warped_by_the_truth_is_the_picture(sources, name, index):
    frame, before = sources[name].frame(index), sources[name].frame(index - 1)
    interior, (back_y, back_x) = _interior(frame, before)
    assert interior.mean() > 0.5
    for channel in range(3):
        warped = map_coordinates(
            before.image[..., channel].astype(np.float64), (back_y, back_x), order=3, mode="nearest"
        )
        difference = np.abs(warped - frame.image[..., channel])[interior & frame.truth.moving]
        unmoved = np.abs(before.image[..., channel] - frame.image[..., channel].astype(np.float64))
        assert difference.mean() < 1.2  # two roundings to uint8 cost 0.4
        if np.hypot(*frame.truth.flow).max() > 1.0:
            assert difference.mean() < 0.3 * unmoved[interior & frame.truth.moving].mean()


@pytest.mark.parametrize("name", MOVING)
def test_nothing_changes_where_nothing_is_said_to_move(sources, name):
    frame, before = sources[name].frame(17), sources[name].frame(16)
    quiet = binary_erosion(~frame.truth.moving & ~before.truth.moving, iterations=2)
    assert not frame.truth.flow[:, ~frame.truth.moving].any()
    np.testing.assert_array_equal(frame.image[quiet], before.image[quiet])


def test_arm_truth_is_the_finite_difference_of_its_joints(sources):
    frame = sources["moving-arm"].frame(20)
    for now, before in zip(WAVE.joints(20 / 30)[1:], WAVE.joints(19 / 30)[1:]):
        seen = frame.truth.flow[:, round(now[1]), round(now[0])]
        np.testing.assert_allclose(seen, np.subtract(now, before), atol=0.1)  # nearest pixel, not the joint itself


def test_arm_keeps_its_shoulder_still_and_its_hand_fast(sources):
    speeds = [np.hypot(*sources["moving-arm"].frame(index).truth.flow) for index in range(1, 76)]
    assert 10.0 < max(speed.max() for speed in speeds) < 14.0
    x, y = (round(value) for value in WAVE.shoulder)
    assert max(speed[y, x] for speed in speeds) < 0.1


def test_arm_leaves_head_and_torso_out_of_the_moving_mask(sources):
    for index in range(1, 76, 6):
        moving = sources["moving-arm"].frame(index).truth.moving
        assert 0.03 < moving.mean() < 0.15
        assert not moving[:, :300].any()


def test_translation_is_the_same_everywhere_and_always_3_px(sources):
    for index in (1, 40, 110):
        truth = sources["translation"].frame(index).truth
        assert truth.moving.all()
        np.testing.assert_allclose(truth.flow, np.broadcast_to(truth.flow[:, :1, :1], truth.flow.shape), atol=1e-4)
        assert np.hypot(*truth.flow[:, 0, 0]) == pytest.approx(3.0, abs=0.01)


def test_rotation_turns_without_spreading(sources):
    truth = sources["rotation"].frame(33).truth
    disc = binary_erosion(truth.moving, iterations=2)
    du_dx, dv_dy = np.gradient(truth.flow[0], axis=1)[disc], np.gradient(truth.flow[1], axis=0)[disc]
    curl = (np.gradient(truth.flow[1], axis=1) - np.gradient(truth.flow[0], axis=0))[disc]
    angle = 2.0 * math.pi / (PERIOD_S * 30.0)
    np.testing.assert_allclose(curl, 2.0 * math.sin(angle), atol=1e-4)
    np.testing.assert_allclose(du_dx + dv_dy, 2.0 * (1.0 - math.cos(angle)), atol=1e-4)


def test_zoom_spreads_without_turning(sources):
    truth = sources["zoom"].frame(5).truth
    growth = math.exp(0.2 * (math.sin(2 * math.pi * 5 / 150) - math.sin(2 * math.pi * 4 / 150)))
    divergence = np.gradient(truth.flow[0], axis=1) + np.gradient(truth.flow[1], axis=0)
    np.testing.assert_allclose(divergence, 2.0 * (1.0 - 1.0 / growth), atol=1e-4)
    np.testing.assert_allclose(np.gradient(truth.flow[0], axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(truth.flow[:, 239:241, 319:321].sum(axis=(1, 2)), 0.0, atol=1e-4)


def test_still_is_the_same_to_the_bit_and_says_zero(sources):
    first, later = sources["still"].frame(0), sources["still"].frame(123)
    np.testing.assert_array_equal(first.image, later.image)
    assert not later.truth.flow.any()
    assert not later.truth.moving.any()


@pytest.mark.parametrize("name", SCENES)
def test_frames_are_deterministic_contiguous_and_loop(sources, name):
    again = SceneSource(name)
    frame, copy = sources[name].frame(7), again.frame(7)
    np.testing.assert_array_equal(frame.image, copy.image)
    np.testing.assert_array_equal(frame.truth.flow, copy.truth.flow)
    assert frame.image.flags.c_contiguous
    assert frame.image.dtype == np.uint8
    assert frame.image.shape == (480, 640, 3)
    assert frame.truth.flow.dtype == np.float32
    assert frame.truth.moving.dtype == np.bool_
    later = again.frame(7 + round(PERIOD_S * 30)).image.astype(np.int16)
    assert np.abs(later - frame.image).max() <= 1  # one period later it is the same picture


@pytest.mark.parametrize("name", SCENES)
def test_textures_have_contrast_everywhere(sources, name):
    grey = sources[name].frame(0).image.astype(np.float64).mean(axis=2)
    blocks = grey.reshape(15, 32, 20, 32).std(axis=(1, 3))
    assert np.median(blocks) > 8.0
    assert 90.0 < grey.mean() < 215.0


def test_source_reads_to_its_end_seeks_and_knows_its_times():
    source = SceneSource("crossing", 64, 48, rate_hz=25.0, frame_count=3)
    assert source.info.duration_s == pytest.approx(0.12)
    assert source.info.uri == "scene:crossing"
    frames = [source.read() for _ in range(4)]
    assert [frame and frame.index for frame in frames] == [0, 1, 2, None]
    assert frames[0].truth is None
    assert frames[2].pts_s == pytest.approx(0.08) == source.pts(2)
    source.seek(1)
    np.testing.assert_array_equal(source.read().image, frames[1].image)
    with pytest.raises(SourceError, match="frames 0 to 2, not 3"):
        source.seek(3)
    source.close()
    source.close()


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (3, 200), (1280, 720)])
@pytest.mark.parametrize("name", SCENES)
def test_any_size_renders(name, size):
    frame = SceneSource(name, *size).frame(3)
    assert frame.image.shape == (size[1], size[0], 3)
    assert np.isfinite(frame.truth.flow).all()


def test_impossible_scenes_are_refused_by_name():
    with pytest.raises(SourceError, match=r"no scene .nowhere.*moving-arm.*trembling"):
        SceneSource("nowhere")
    with pytest.raises(SourceError, match="cannot be 0×480"):
        SceneSource("zoom", 0, 480)


def test_clip_has_every_frame_at_its_time(tmp_path):
    source = SceneSource("rotation", 64, 48, frame_count=20)
    path = tmp_path / "clip.mp4"
    write_clip(path, (source.frame(index).image for index in range(20)), (64, 48))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 30)
        times = [float(frame.pts * stream.time_base) for frame in container.decode(stream)]
    np.testing.assert_allclose(times, np.arange(20) / 30, atol=1e-4)


def test_command_writes_the_bundled_clips(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("motionapp.scenes.PERIOD_S", 0.1)
    main([str(tmp_path / "clips")])
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == [
        "crossing.mp4", "moving-arm.mp4", "rotation.mp4"
    ]  # fmt: skip
    assert "moving-arm.mp4" in capsys.readouterr().out
