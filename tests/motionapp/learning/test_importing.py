"""Recordings from a folder for each class: all of it, or what can be read, and never a wrong label."""

import numpy as np
import pytest

from motionapp.learning.importing import CLIP_SUFFIXES, labelled_clips, read_clip, read_folder
from motionapp.settings import PRESETS, MapSettings
from motionapp.types import MotionError

from ..clips import write_clip

TINY = MapSettings(rows=8, columns=8, maps=3, every=2)
LIVE = PRESETS["live"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes with two clips each, a damaged one, a short one, and files that are no clips."""
    root = tmp_path_factory.mktemp("clips")
    for label in ("wave, left", "👋🏽"):
        (root / label).mkdir()
        for name, codec in (("a.mp4", "libx264"), ("b.avi", "mpeg4")):
            write_clip(root / label / name, codec, times=12)
    (root / "wave, left" / "c.mkv").write_bytes(b"no video at all" * 99)
    write_clip(root / "👋🏽" / "short.mp4", times=4)
    (root / "wave, left" / "notes.txt").write_text("no clip")
    (root / "wave, left" / ".hidden.mp4").write_bytes(b"")
    (root / "empty").mkdir()
    (root / ".git").mkdir()
    (root / "loose.mp4").write_bytes(b"")
    return root


def test_clips_are_found_by_class_and_name(folder):
    found = [(label, clip.name) for label, clip in labelled_clips(folder)]
    assert found == [
        ("wave, left", "a.mp4"), ("wave, left", "b.avi"), ("wave, left", "c.mkv"),
        ("👋🏽", "a.mp4"), ("👋🏽", "b.avi"), ("👋🏽", "short.mp4"),
    ]  # fmt: skip
    assert {".mp4", ".avi", ".mkv"} <= set(CLIP_SUFFIXES)


def test_every_frame_but_the_first_gives_a_map_with_its_time(folder):
    recording, notice = read_clip(folder / "👋🏽" / "a.mp4", "wave", TINY, LIVE)
    assert (recording.label, recording.flow, notice) == ("wave", LIVE, None)
    assert recording.maps.shape == (11, 1, 8, 8)
    np.testing.assert_allclose(recording.pts_s, np.arange(1, 12) / 30, atol=1e-3)
    assert recording.source.endswith("a.mp4")
    assert recording.made.endswith("+00:00")


def test_files_that_cannot_be_used_are_told_by_name_and_the_others_are_read(folder):
    told = []
    found = read_folder(folder, TINY, LIVE, lambda done, total, name: told.append((done, total, name)))
    assert [(one.label, one.source.rpartition("/")[2]) for one in found.recordings] == [
        ("wave, left", "a.mp4"), ("wave, left", "b.avi"), ("👋🏽", "a.mp4"), ("👋🏽", "b.avi"),
    ]  # fmt: skip
    assert len(found.problems) == 3
    assert "no class “empty”" in found.problems[0]
    assert "c.mkv" in found.problems[1]
    assert "short.mp4 is too short" in found.problems[2]
    assert not found.cancelled
    assert told[0][:2] == (0, 6)
    assert told[-1] == (6, 6, "")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_the_same_folder_gives_the_same_maps_to_the_bit(folder):
    first, second = (read_folder(folder, TINY, LIVE) for _ in range(2))
    for one, other in zip(first.recordings, second.recordings, strict=True):
        np.testing.assert_array_equal(one.maps, other.maps)
        assert one.id != other.id


@pytest.mark.parametrize("frames", [0, 1, 15, 40])
def test_cancelled_it_keeps_the_clips_that_were_done(folder, frames):
    asked = []
    found = read_folder(folder, TINY, LIVE, cancelled=lambda: asked.append(1) or len(asked) > frames)
    assert found.cancelled
    assert len(found.recordings) == {0: 0, 1: 0, 15: 1, 40: 3}[frames]
    assert len(asked) == frames + 1


def test_a_folder_name_that_cannot_be_a_class_is_told(tmp_path):
    label = "x" * 70
    (tmp_path / label).mkdir()
    write_clip(tmp_path / label / "a.mp4", times=12)
    found = read_folder(tmp_path, TINY, LIVE)
    assert found.recordings == ()
    assert "60 characters" in found.problems[0]


def test_too_much_to_hold_is_told_not_read(folder, monkeypatch):
    one, _ = read_clip(folder / "👋🏽" / "a.mp4", "wave", TINY, LIVE)
    monkeypatch.setattr("motionapp.learning.importing.MOST_BYTES", int(1.5 * one.maps.nbytes))
    found = read_folder(folder, TINY, LIVE)
    assert len(found.recordings) == 1
    assert "b.avi and what comes after it are left out" in found.problems[-1]
    monkeypatch.setattr("motionapp.learning.importing.MOST_BYTES", one.maps.nbytes // 2)
    with pytest.raises(MotionError, match="too long"):
        read_clip(folder / "👋🏽" / "a.mp4", "wave", TINY, LIVE)


@pytest.mark.parametrize("name", ["absent", "empty", "loose.mp4"])
def test_a_folder_without_clips_of_classes_is_refused_with_the_layout_it_should_have(folder, name):
    with pytest.raises(MotionError, match=name):
        labelled_clips(folder / name)
