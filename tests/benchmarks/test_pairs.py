"""Data sets in each layout, with what is unknown left out, and what is wrong said in one line."""

import numpy as np
import pytest

from benchmarks.pairs import FAST_ARM, fast_arm_pairs, find_pairs, scene_pairs, spoilt
from motionapp import estimate_flow
from motionapp.scenes import SCENES
from motionapp.types import MotionError

from .folders import kitti, middlebury, sintel, write_image, write_truth


def check(pair):
    """The pair holds grey pictures and the flow of :func:`write_truth`."""
    assert pair.image0.dtype == pair.image1.dtype == np.uint8
    assert pair.image0.shape == pair.image1.shape == pair.valid.shape == (24, 32)
    assert pair.flow.shape == (24, 32, 2)
    assert not pair.valid[0].any()
    np.testing.assert_array_equal(pair.flow[0], 0.0)
    np.testing.assert_array_equal(pair.flow[1:], np.broadcast_to(np.float32([2.0, -1.0]), (23, 32, 2)))


@pytest.mark.parametrize("nested", [False, True])
def test_middlebury(tmp_path, nested):
    middlebury(tmp_path / "data" / "set" if nested else tmp_path)
    layout, files = find_pairs(tmp_path)
    assert (layout, [one.sequence for one in files]) == ("Middlebury", ["Grove", "Venus"])
    pair = files[1].read()
    check(pair)
    assert pair.valid[1:].all()
    np.testing.assert_array_equal(pair.image0, write_image(tmp_path / "same.png", 1))
    np.testing.assert_array_equal(pair.image1, write_image(tmp_path / "other.png", 101))


def test_middlebury_as_published_has_flow_in_a_tree_of_its_own(tmp_path):
    for name in ("frame10.png", "frame11.png"):
        write_image(tmp_path / "other-data" / "Venus" / name)
    write_truth(tmp_path / "other-gt-flow" / "Venus" / "flow10.flo")
    _, [files] = find_pairs(tmp_path)
    check(files.read())


def test_one_sequence_of_middlebury_is_a_folder_too(tmp_path):
    _, [files] = find_pairs(middlebury(tmp_path) / "Venus")
    assert files.sequence == "Venus"


@pytest.mark.parametrize("below", ["", "training", "training/final"])
def test_sintel_takes_the_final_pass(tmp_path, below):
    layout, files = find_pairs(sintel(tmp_path) / below)
    assert layout == "MPI-Sintel"
    assert [(one.sequence, one.name) for one in files] == [
        (scene, name) for scene in ("alley_1", "market_2") for name in ("frame_0001", "frame_0002")
    ]
    pair = files[1].read()
    check(pair)
    np.testing.assert_array_equal(pair.image0, write_image(tmp_path / "two.png", 21))
    np.testing.assert_array_equal(pair.image1, write_image(tmp_path / "three.png", 31))


def test_sintel_takes_the_clean_pass_where_that_is_named_or_alone(tmp_path):
    _, files = find_pairs(sintel(tmp_path / "both") / "training" / "clean")
    _, alone = find_pairs(sintel(tmp_path / "alone", passes=("clean",)))
    for one in (*files, *alone):
        assert one.image0.parent.parent.name == "clean"


def test_sintel_leaves_out_what_it_marks_as_invalid(tmp_path):
    sintel(tmp_path)
    mask = write_image(tmp_path / "training" / "invalid" / "alley_1" / "frame_0001.png", 7)
    assert (mask == 0).any()
    pair = find_pairs(tmp_path)[1][0].read()
    np.testing.assert_array_equal(pair.valid[1:], mask[1:] == 0)
    np.testing.assert_array_equal(
        pair.flow[pair.valid], np.broadcast_to(np.float32([2.0, -1.0]), (pair.valid.sum(), 2))
    )
    assert not pair.flow[~pair.valid].any()


@pytest.mark.parametrize("flow", ["flow_occ", "flow_noc"])
@pytest.mark.parametrize("images", ["image_2", "colored_0"])
def test_kitti(tmp_path, flow, images):
    layout, files = find_pairs(kitti(tmp_path, flow, images))
    assert (layout, [one.name for one in files]) == ("KITTI", ["000000", "000001"])
    pair = files[1].read()
    check(pair)
    assert pair.valid[1:].all()
    np.testing.assert_array_equal(pair.image1, write_image(tmp_path / "next.png", 101))


@pytest.mark.parametrize(("most", "chosen"), [(1, [3]), (2, [2, 4]), (9, [1, 2, 3, 4])])
def test_at_most_so_many_pairs_of_each_sequence_are_taken(tmp_path, most, chosen):
    _, files = find_pairs(sintel(tmp_path, frames=5), most)
    assert [int(one.name.removeprefix("frame_")) for one in files] == chosen * 2


def test_a_folder_without_pairs_is_refused(tmp_path):
    for folder, text in ((tmp_path, "no pairs"), (tmp_path / "none", "not a folder")):
        with pytest.raises(MotionError, match=text) as stop:
            find_pairs(folder)
        assert "\n" not in str(stop.value)


def test_a_missing_picture_is_named(tmp_path):
    (middlebury(tmp_path) / "Venus" / "frame11.png").unlink()
    with pytest.raises(MotionError, match=r"Venus.frame11\.png is missing"):
        find_pairs(tmp_path)


@pytest.mark.parametrize("name", ["frame10.png", "flow10.flo"])
def test_a_bad_file_is_named(tmp_path, name):
    path = middlebury(tmp_path) / "Venus" / name
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(MotionError, match=name):
        find_pairs(tmp_path)[1][1].read()


def test_sizes_that_differ_are_named(tmp_path):
    write_truth(middlebury(tmp_path) / "Venus" / "small.flo", shape=(8, 9))
    (tmp_path / "Venus" / "small.flo").replace(tmp_path / "Venus" / "flow10.flo")
    with pytest.raises(MotionError, match=r"flow10\.flo is 9×8"):
        find_pairs(tmp_path)[1][1].read()


def test_truth_that_is_known_nowhere_is_refused(tmp_path):
    (middlebury(tmp_path) / "Venus" / "flow10.flo").unlink()
    write_truth(tmp_path / "Venus" / "flow10.flo", shape=(1, 32))
    for name in ("frame10.png", "frame11.png"):
        (tmp_path / "Venus" / name).unlink()
        write_image(tmp_path / "Venus" / name, shape=(1, 32))
    with pytest.raises(MotionError, match="knows no vector"):
        find_pairs(tmp_path)[1][1].read()


def test_scenes_give_the_flow_from_the_first_picture_to_the_second():
    pairs = list(scene_pairs(1, 160, 120))
    assert [pair.sequence for pair in pairs] == list(SCENES)
    for pair in pairs:
        assert pair.valid.all()
        estimate = estimate_flow(pair.image0, pair.image1, preset="live")
        assert np.hypot(*np.moveaxis(estimate - pair.flow, 2, 0)).mean() < 0.25, pair.sequence
    assert not pairs[list(SCENES).index("still")].flow.any()


def test_a_fast_arm_moves_over_a_ground_that_stands_still():
    for pair in fast_arm_pairs(160, 120):
        right, down = FAST_ARM[pair.name]
        back = np.roll(pair.image1, (-down, -right), (0, 1))
        assert np.array_equal(back[pair.valid], pair.image0[pair.valid])
        assert (pair.flow[pair.valid] == (right, down)).all()
        elsewhere = ~(pair.valid | np.roll(pair.valid, (down, right), (0, 1)))
        assert np.array_equal(pair.image0[elsewhere], pair.image1[elsewhere])


def test_a_pair_can_be_spoilt_by_exposure_and_noise():
    pair = next(fast_arm_pairs(160, 120))
    assert spoilt(pair) is pair
    brighter = spoilt(pair, exposure=1.2)
    assert np.array_equal(brighter.image0, pair.image0)
    assert np.abs(brighter.image1 - np.clip(1.2 * pair.image1, 0, 255)).max() <= 0.5
    noisy = spoilt(pair, noise_levels=5.0)
    assert np.std(noisy.image1.astype(float) - pair.image1) == pytest.approx(5.0, rel=0.05)
