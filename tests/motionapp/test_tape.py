"""Recording what is on show, without ever disturbing it."""

import itertools
import threading
from pathlib import Path

import numpy as np
import pytest

from motionapp.settings import Settings, ViewSettings
from motionapp.tape import Tape, TapeTime
from motionapp.types import ArrowField, Frame, Measures, Motion, MotionError, Picture


class FakeRecorder:
    """Remembers what it is given; ``fails_at`` a number of pictures, or closing "close"."""

    def __init__(self, path, width, height, rate_hz, fails_at=None):
        self.path, self.size, self.rate_hz = path, (width, height), rate_hz
        self.times, self.closed, self.dropped, self._fails_at = [], False, 0, fails_at

    @property
    def written(self):
        return len(self.times)

    def write(self, image, pts_s):
        if len(self.times) == self._fails_at or (self._fails_at == "both" and self.times):
            raise MotionError("no space left on the device")
        self.times.append(pts_s)

    def close(self):
        self.closed = True
        if self._fails_at == "close":
            raise MotionError("cannot be renamed")
        if self._fails_at == "both":
            raise MotionError("no space left on the device")
        return self.path


def picture(pts_s):
    image = np.zeros((4, 6, 3), np.uint8)
    motion = Motion(
        Frame(0, pts_s, image), np.zeros((2, 4, 6), np.float32), np.zeros((4, 6), np.float32), 0, Settings()
    )
    none = ArrowField(np.empty((0, 7, 2), np.float32), np.empty(0, np.float32), 0.1)
    return Picture(motion, image, none, Measures(0, 0, 0, 0, 0, 0))


def tape_with(**options):
    made, told = [], []

    def make(*arguments):
        made.append(FakeRecorder(*arguments, **options))
        return made[-1]

    return Tape(told.append, make), made, told


def add(tape, *times, run=1, rate_hz=10.0):
    for pts_s in times:
        tape.add(picture(pts_s), ViewSettings(mode="off"), run, rate_hz)


def test_nothing_is_recorded_unless_asked():
    tape, made, _ = tape_with()
    add(tape, 0.0, 0.1)
    assert made == []
    assert tape.snapshot() == (None, None, 0)


def test_a_recording_has_the_times_of_the_source_from_zero():
    tape, made, told = tape_with()
    tape.start(Path("clip.mkv"))
    add(tape, 5.0, 5.1, 5.35)
    assert tape.snapshot() == (Path("clip.mkv"), None, 3)
    tape.stop()
    assert tape.wait(10.0)
    assert tape.snapshot() == (None, Path("clip.mkv"), 3)
    assert made[0].times == pytest.approx([0.0, 0.1, 0.35])
    assert made[0].size == (6, 4)
    assert made[0].closed
    assert told == []


def test_a_second_start_finishes_the_first_recording():
    tape, made, _ = tape_with()
    tape.start(Path("one.mkv"))
    add(tape, 0.0)
    tape.start(Path("two.mkv"))
    add(tape, 0.1)
    tape.stop()
    assert tape.wait(10.0)
    assert [(recorder.path.name, recorder.closed) for recorder in made] == [("one.mkv", True), ("two.mkv", True)]


def test_a_recording_that_fails_is_told_once_ended_and_finished():
    tape, made, told = tape_with(fails_at=2)
    tape.start(Path("clip.mkv"))
    add(tape, 0.0, 0.1, 0.2, 0.3, 0.4)
    assert tape.wait(10.0)
    assert [failure.message for failure in told] == ["no space left on the device"]
    assert tape.snapshot() == (None, Path("clip.mkv"), 2)
    assert made[0].closed


def test_a_failure_is_not_told_again_when_finishing_fails_for_the_same_reason():
    tape, _, told = tape_with(fails_at="both")
    tape.start(Path("clip.mkv"))
    add(tape, 0.0, 0.1)
    assert tape.wait(10.0)
    assert [failure.message for failure in told] == ["no space left on the device"]


def test_pictures_left_out_of_a_recording_are_told():
    tape, made, told = tape_with()
    tape.start(Path("clip.mkv"))
    add(tape, 0.0, 0.1, 0.2)
    made[0].dropped = 2
    tape.stop()
    assert tape.wait(10.0)
    assert "2 of 5 pictures" in told[0].message


def test_a_recording_that_cannot_be_finished_is_told():
    tape, _, told = tape_with(fails_at="close")
    tape.start(Path("clip.mkv"))
    add(tape, 0.0)
    tape.stop()
    assert tape.wait(10.0)
    assert [failure.message for failure in told] == ["cannot be renamed"]
    assert tape.snapshot()[1] is None


def test_stop_does_not_wait_for_the_disk():
    tape, made, _ = tape_with()
    gate = threading.Event()
    tape.start(Path("clip.mkv"))
    add(tape, 0.0)
    made[0].close = lambda: gate.wait(10) and Path("clip.mkv")
    tape.stop()
    assert tape.snapshot() == (None, None, 1)
    assert not tape.wait(0.0)
    gate.set()
    assert tape.wait(10.0)


def test_time_goes_on_by_one_interval_over_a_loop_a_seek_or_a_long_gap():
    time = TapeTime()
    assert [time.of(pts, 1, 10.0) for pts in (0.0, 0.1, 0.2)] == pytest.approx([0.0, 0.1, 0.2])
    assert time.of(0.0, 2, 10.0) == pytest.approx(0.3)  # round the loop
    assert time.of(0.5, 2, 10.0) == pytest.approx(0.8)  # frames were dropped
    assert time.of(9.0, 2, 10.0) == pytest.approx(0.9)  # a gap
    assert time.of(8.9, 2, 10.0) == pytest.approx(1.0)  # backwards


def test_time_is_never_the_same_to_the_millisecond():
    time = TapeTime()
    times = [time.of(n * 0.0001, 1, 30.0) for n in range(50)]
    assert all(round(1000 * after) > round(1000 * before) for before, after in itertools.pairwise(times))


def test_a_recording_without_a_picture_says_so_and_leaves_nothing():
    tape, made, told = tape_with()
    tape.start(Path("a.mkv"))
    tape.stop()
    assert made == []
    assert [failure.message for failure in told] == [
        "Nothing was recorded to a.mkv: no new picture came in the meantime."
    ]


def test_nobody_waits_while_the_disk_makes_the_file():
    making, go = threading.Event(), threading.Event()

    def slow(*arguments):
        making.set()
        assert go.wait(5.0)
        return FakeRecorder(*arguments)

    tape = Tape(lambda failure: None, slow)
    tape.start(Path("a.mkv"))
    thread = threading.Thread(target=add, args=(tape, 0.0))
    thread.start()
    assert making.wait(5.0)
    assert tape.snapshot() == (Path("a.mkv"), None, 0)  # would hang
    go.set()
    thread.join()
    assert tape.snapshot() == (Path("a.mkv"), None, 1)


def test_a_recorder_that_comes_too_late_is_closed():
    tape, made = None, []

    def late(*arguments):
        tape.stop()
        made.append(FakeRecorder(*arguments))
        return made[-1]

    tape = Tape(lambda failure: None, late)
    tape.start(Path("a.mkv"))
    add(tape, 0.0)
    assert made[0].closed
    assert tape.snapshot()[0] is None
