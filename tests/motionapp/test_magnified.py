import av
import numpy as np
import pytest

from motionapp.magnified import magnify_video
from motionapp.settings import MagnifySettings
from motionapp.sources import SourceError
from motionapp.types import MotionError
from motionapp.video import VideoSource

from .analysis.moving import write_moving
from .fakes import FakeSource

SETTINGS = MagnifySettings(low_hz=1.0, high_hz=8.0, alpha=5.0)


def read(path):
    """Return the pictures and the times of a video."""
    source = VideoSource(path)
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return [frame.image for frame in frames], [frame.pts_s for frame in frames]


def test_every_frame_is_there_at_its_own_time(tmp_path):
    times = list(np.cumsum([0.0, 0.03, 0.05, 0.011, 0.2, 0.04, 0.04, 0.0333]))
    clip = write_moving(tmp_path / "clip.mp4", 8, times=times)
    told = []
    result = magnify_video(str(clip), tmp_path / "out.mp4", SETTINGS, lambda *step: told.append(step))
    assert (result.frames, result.width, result.height) == (8, 64, 48)
    assert told[-1] == (8, 8)
    assert result.notices == ()
    pictures, found = read(tmp_path / "out.mp4")
    np.testing.assert_allclose(found, times, atol=1e-5)
    assert pictures[0].shape == (48, 64, 3)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "out.mp4"]


def test_side_by_side_the_original_is_on_the_left(tmp_path):
    clip = write_moving(tmp_path / "clip.mp4", 5)
    result = magnify_video(str(clip), tmp_path / "out.mp4", SETTINGS, side_by_side=True)
    assert result.width == 128
    originals, _ = read(clip)
    both, _ = read(tmp_path / "out.mp4")
    for original, pair in zip(originals, both, strict=True):
        assert np.corrcoef(pair[:, :64].mean(axis=2).ravel(), original.mean(axis=2).ravel())[0, 1] > 0.99
    assert np.corrcoef(both[-1][:, 64:].mean(axis=2).ravel(), originals[-1].mean(axis=2).ravel())[0, 1] < 0.97


def test_a_band_that_the_frames_cannot_show_is_refused_or_told(tmp_path):
    clip = str(write_moving(tmp_path / "clip.mp4", 5))
    with pytest.raises(MotionError, match="up to 15 Hz: nothing of the band 16-20 Hz"):
        magnify_video(clip, tmp_path / "out.mp4", MagnifySettings(low_hz=16.0, high_hz=20.0))
    assert not (tmp_path / "out.mp4").exists()
    result = magnify_video(clip, tmp_path / "out.mp4", MagnifySettings(low_hz=5.0, high_hz=20.0))
    assert "the band ends there" in result.notices[0]
    assert result.band_hz == (5.0, 15.0)


@pytest.mark.parametrize("error", [SourceError("The file broke."), KeyboardInterrupt()])
def test_what_was_made_before_an_error_is_a_valid_video(tmp_path, monkeypatch, error):
    clip = write_moving(tmp_path / "clip.mp4", 8)
    source = VideoSource(clip)

    def read_some(read=source.read):
        frame = read()
        if frame.index == 5:
            raise error
        return frame

    monkeypatch.setattr(source, "read", read_some)
    monkeypatch.setattr("motionapp.magnified.open_source", lambda uri: source)
    with pytest.raises((MotionError, KeyboardInterrupt)) as caught:
        magnify_video(str(clip), tmp_path / "out.mp4", SETTINGS)
    assert "out-partial.mp4" in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "out-partial.mp4"]
    assert len(read(tmp_path / "out-partial.mp4")[0]) == 5


def test_a_source_without_pictures_or_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("motionapp.magnified.open_source", lambda uri: FakeSource(count=0))
    with pytest.raises(SourceError, match="no picture"):
        magnify_video("clip", tmp_path / "out.mp4", SETTINGS)
    monkeypatch.setattr("motionapp.magnified.open_source", lambda uri: FakeSource(kind="camera"))
    with pytest.raises(MotionError, match="has no end"):
        magnify_video("clip", tmp_path / "out.mp4", SETTINGS)
    assert not list(tmp_path.iterdir())
