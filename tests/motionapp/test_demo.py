"""The run without a window: real estimates, a real video, files that are never overwritten."""

import av
import numpy as np
import pytest

from motionapp import cli
from motionapp.demo import run
from motionapp.images import read_image
from motionapp.palette import ARROW
from motionapp.sources import SourceError
from motionapp.types import MotionError
from motionapp.video import VideoSource

from .fakes import FakeSource


@pytest.fixture
def short_scene(monkeypatch):
    """The scene of a moving arm, 8 frames of 160×120."""
    from motionapp.scenes import SceneSource

    monkeypatch.setattr("motionapp.demo.open_source", lambda uri: SceneSource("moving-arm", 160, 120, 30.0, 8))


def test_every_frame_is_annotated_and_the_times_are_kept(short_scene, tmp_path):
    told = []
    result = run("scene:moving-arm", tmp_path / "out", "live", lambda *done: told.append(done))
    assert result.frames == 8
    assert told[-1] == (8, 8)
    assert result.rate_hz > 0
    source = VideoSource(result.video)
    assert source.info.frame_count == 8
    assert source.pts(7) == pytest.approx(7 / 30, abs=0.002)
    source.close()
    with av.open(str(result.video)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert "mp4" in container.format.name


def test_the_picture_shows_blue_arrows(short_scene, tmp_path):
    result = run("scene:moving-arm", tmp_path, "live", lambda *done: None)
    picture = read_image(result.picture)
    assert picture.shape == (120, 160, 3)
    assert (np.abs(picture.astype(int) - ARROW).max(axis=2) < 8).sum() > 20


def test_nothing_is_overwritten(short_scene, tmp_path):
    first = run("scene:moving-arm", tmp_path, "live", lambda *done: None)
    second = run("scene:moving-arm", tmp_path, "live", lambda *done: None)
    assert len({first.video, first.picture, second.video, second.picture}) == 4
    assert len(list(tmp_path.iterdir())) == 4


def test_the_command_prints_where_the_files_are(short_scene, tmp_path, capsys):
    assert cli.main(["demo", "scene:moving-arm", "-o", str(tmp_path), "--preset", "live"]) == 0
    captured = capsys.readouterr()
    for file in tmp_path.iterdir():
        assert str(file) in captured.out
    assert "8 frames" in captured.out
    assert captured.err == ""


def test_a_missing_source_is_one_line_and_leaves_no_file(tmp_path, capsys):
    assert cli.main(["demo", str(tmp_path / "none.mp4"), "-o", str(tmp_path / "out")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_source_that_breaks_off_leaves_what_was_made_and_says_where(tmp_path, monkeypatch):
    def broken(index):
        if index == 5:
            raise SourceError("clip.avi: the rest is damaged")

    monkeypatch.setattr("motionapp.demo.open_source", lambda uri: FakeSource(9, 30.0, before_read=broken))
    with pytest.raises(MotionError, match=r"damaged.*fake_motion-partial.mp4"):
        run("clip.avi", tmp_path, "live", lambda *done: None)
    assert [file.name for file in tmp_path.iterdir()] == ["fake_motion-partial.mp4"]
    source = VideoSource(tmp_path / "fake_motion-partial.mp4")
    assert source.info.frame_count == 5
    source.close()


def test_ctrl_c_is_130_and_leaves_a_valid_part(tmp_path, monkeypatch):
    def interrupted(index):
        if index == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr("motionapp.demo.open_source", lambda uri: FakeSource(9, 30.0, before_read=interrupted))
    assert cli.main(["demo", "clip.avi", "-o", str(tmp_path), "--preset", "live"]) == 130
    source = VideoSource(tmp_path / "fake_motion-partial.mp4")
    assert source.info.frame_count == 5
    source.close()


def test_of_an_endless_source_a_part_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr("motionapp.demo.LIVE_FRAMES", 4)
    monkeypatch.setattr("motionapp.demo.open_source", lambda uri: FakeSource(10_000, 30.0, kind="camera"))
    assert run("camera:0", tmp_path, "live", lambda *done: None).frames == 4


def test_frames_closer_than_a_millisecond_keep_their_order(tmp_path, monkeypatch):
    times = [n / 2000 for n in range(6)]
    monkeypatch.setattr("motionapp.demo.open_source", lambda uri: FakeSource(6, 2000.0, times=times))
    result = run("fast.mp4", tmp_path, "live", lambda *done: None)
    assert result.frames == 6


def test_what_the_source_has_to_say_is_passed_on(tmp_path, monkeypatch, capsys):
    source = FakeSource(3, 30.0)
    source.notice = "cut.avi: 3 of 60 frames could be read."
    monkeypatch.setattr("motionapp.demo.open_source", lambda uri: source)
    assert cli.main(["demo", "cut.avi", "-o", str(tmp_path)]) == 0
    assert "motionapp: cut.avi: 3 of 60 frames" in capsys.readouterr().err
