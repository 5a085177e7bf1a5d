import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from motionapp import recorder, video
from motionapp.recorder import Recorder, default_folder, recover, unfinished
from motionapp.types import MotionError
from motionapp.video import VideoSource

from .clips import number_in, numbered


def read_numbers(path):
    return [number_in(frame.image) for frame in iter(VideoSource(path).read, None)]


def test_what_is_recorded_can_be_read(tmp_path):
    made = Recorder(tmp_path / "a.mkv", 64, 48, 30)
    assert made.part == tmp_path / "a.part.mkv"
    for number in range(25):
        assert made.write(numbered(number), number / 30)
    path = made.close()
    assert path == made.close() == tmp_path / "a.mkv"
    assert read_numbers(path) == list(range(25))
    assert (made.written, made.dropped, made.failure) == (25, 0, None)


def test_a_slow_encoder_costs_pictures_never_time(tmp_path, monkeypatch):
    go_on = threading.Event()
    write = video.VideoWriter.write
    monkeypatch.setattr(video.VideoWriter, "write", lambda self, *args: (go_on.wait(10), write(self, *args)))
    made = Recorder(tmp_path / "a.mkv", 64, 48, 30)
    taken = [made.write(numbered(number), number / 30) for number in range(100)]
    assert made.dropped == taken.count(False) > 0
    go_on.set()
    path = made.close()
    assert made.written + made.dropped == 100
    assert read_numbers(path) == [number for number, got in enumerate(taken) if got]


def test_images_not_as_announced_are_refused_where_they_come_from(tmp_path):
    made = Recorder(tmp_path / "a.mkv", 64, 48, 30)
    made.write(numbered(0), 0.0)
    for bad in (np.zeros((48, 64), np.uint8), np.zeros((64, 48, 3), np.uint8), np.zeros((48, 64, 3))):
        with pytest.raises(ValueError, match="image must be"):
            made.write(bad, 1.0)
    for time_s in (0.0, -1.0, 0.0004):
        with pytest.raises(ValueError, match="pts_s must increase"):
            made.write(numbered(1), time_s)
    made.write(numbered(1), 1.0)
    assert read_numbers(made.close()) == [0, 1]
    with pytest.raises(ValueError, match="closed"):
        made.write(numbered(2), 2.0)


@pytest.mark.parametrize("error", [MotionError("Recording stopped: disk full."), RuntimeError("odd")])
def test_a_failure_reaches_whoever_records(tmp_path, monkeypatch, error):
    failed = threading.Event()

    def fail(self, image, pts_s):
        failed.set()
        raise error

    monkeypatch.setattr(video.VideoWriter, "write", fail)
    made = Recorder(tmp_path / "a.mkv", 64, 48, 30)
    made.write(numbered(0), 0.0)
    assert failed.wait(5)
    while made.failure is None:
        made._thread.join(0.01)
    with pytest.raises(MotionError, match="Recording stopped"):
        made.write(numbered(0), 1.0)
    with pytest.raises(MotionError, match="Recording stopped"):
        made.close()
    assert "Recording stopped" in str(made.failure)


def test_a_recording_without_pictures_leaves_nothing(tmp_path):
    with pytest.raises(MotionError, match="no frame was recorded"):
        Recorder(tmp_path / "a.mkv", 64, 48, 30).close()
    assert not list(tmp_path.iterdir())


KILLED = """
import sys, time
from motionapp.recorder import Recorder
from tests.motionapp.clips import numbered

made = Recorder(sys.argv[1], 64, 48, 30)
for number in range(100000):
    made.write(numbered(number % 4096), number / 30)
    print(number, flush=True)
    time.sleep(1 / 120)
"""


@pytest.mark.parametrize("last", [40, 73])
def test_kill_loses_less_than_a_second_and_the_rest_is_recovered(tmp_path, last):
    path = tmp_path / "lecture.mkv"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}
    ) as process:
        for line in process.stdout:
            if int(line) == last:
                assert unfinished(tmp_path) == [], "it is still being written"
                process.kill()
                break
    part = tmp_path / "lecture.part.mkv"
    assert unfinished(tmp_path) == [part]
    recovered = recover(part)
    assert recovered == tmp_path / "lecture-recovered.mkv"
    assert list(tmp_path.iterdir()) == [recovered]
    numbers = read_numbers(recovered)
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= last - 30
    assert VideoSource(recovered).pts(30) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("content", [b"", b"nonsense" * 100])
def test_a_part_without_pictures_is_kept_and_said(tmp_path, content):
    part = tmp_path / "a.part.mkv"
    part.write_bytes(content)
    assert unfinished(tmp_path) == [part]
    with pytest.raises(MotionError, match=r"a\.part\.mkv"):
        recover(part)
    assert list(tmp_path.iterdir()) == [part]


def test_recovery_overwrites_nothing(tmp_path):
    made = Recorder(tmp_path / "a.mkv", 64, 48, 30)
    made.write(numbered(3), 0.0)
    made.close().rename(tmp_path / "a.part.mkv")
    (tmp_path / "a-recovered.mkv").write_text("mine")
    assert recover(tmp_path / "a.part.mkv") == tmp_path / "a-recovered-2.mkv"
    assert (tmp_path / "a-recovered.mkv").read_text() == "mine"


def test_folders_without_recordings_have_none_unfinished(tmp_path):
    (tmp_path / "a.mkv").touch()
    (tmp_path / "b.part.mkv").mkdir()
    assert unfinished(tmp_path) == []
    assert unfinished(tmp_path / "none") == []


def test_recordings_go_to_the_checkout_or_to_the_users_videos(tmp_path, monkeypatch):
    assert default_folder() == Path(__file__).parents[2] / "recordings"
    monkeypatch.setattr(recorder, "__file__", str(tmp_path / "site-packages" / "motionapp" / "recorder.py"))
    monkeypatch.setattr(recorder.platformdirs, "user_videos_dir", lambda: str(tmp_path / "Videos"))
    assert default_folder() == tmp_path / "Videos" / "motionapp"
