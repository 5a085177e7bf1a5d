import itertools
import random
import threading
import time

import numpy as np
import pytest

from motionapp.sources import SourceError
from motionapp.watched import Watched, Watching

from .devices import FAULTS, Plug

QUICK = Watching(open_s=0.5, stall_s=0.1, wait_s=0.02, pause_s=0.01)


@pytest.fixture
def plug():
    plug = Plug()
    yield plug
    plug.set("flow")  # lets go of every thread that is still blocked


def watch(plug, watching=QUICK):
    return Watched(plug.open, "Fake camera", "camera:9", "camera", watching)


def read_until(source, wanted, timeout_s=5.0):
    """Read until ``wanted(frame)``; return that frame and the longest time a read took."""
    longest_s, deadline_s = 0.0, time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        began_s = time.monotonic()
        frame = source.read()
        longest_s = max(longest_s, time.monotonic() - began_s)
        if wanted(frame):
            return frame, longest_s
    raise AssertionError(f"did not happen within {timeout_s} s; notice: {source.notice}")


def test_frames_come_with_the_time_of_their_capture(plug):
    source = watch(plug)
    frames = [read_until(source, lambda frame: frame is not None)[0] for _ in range(20)]
    assert (source.info.width, source.info.height, source.info.kind) == (8, 6, "camera")
    assert source.info.live
    assert source.info.rate_hz == 200.0
    assert [frame.index for frame in frames] == list(range(20))
    assert frames[0].pts_s == 0
    assert all(b.pts_s > a.pts_s for a, b in itertools.pairwise(frames))
    for frame in frames:
        assert frame.captured_s - frames[0].captured_s == pytest.approx(frame.pts_s)
    assert source.notice is None
    assert source.waiting
    source.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_noticed_and_survived(plug, fault):
    source = watch(plug)
    before, _ = read_until(source, lambda frame: frame is not None)
    plug.set(fault)
    _, longest_s = read_until(source, lambda frame: source.notice is not None)
    assert longest_s < 0.3
    assert source.notice.endswith("Reconnecting…")
    assert source.notice.startswith("Fake camera")
    assert source.waiting
    plug.set("flow")
    after, _ = read_until(source, lambda frame: frame is not None and source.notice is None)
    assert after.index > before.index
    assert after.pts_s > before.pts_s
    assert len(plug.opened) > 1
    source.close()
    for unit in plug.opened:
        assert unit.closed.wait(2)
        assert unit.misused == []


def test_the_notice_stays_the_same_for_one_outage(plug):
    source = watch(plug)
    plug.set("fail")
    read_until(source, lambda frame: source.notice is not None)
    said = source.notice
    plug.set("gone")
    for _ in range(20):
        source.read()
        assert source.notice == said
    source.close()


def test_a_blocked_device_is_closed_by_its_own_thread_once_it_lets_go(plug):
    source = watch(plug)
    plug.set("block")
    read_until(source, lambda frame: source.notice is not None)
    first = plug.opened[0]
    assert not first.closed.is_set()
    source.close()
    assert not first.closed.is_set()
    plug.set("flow")
    assert first.closed.wait(2)
    assert first.misused == []


def test_few_threads_are_spent_on_a_device_that_blocks_for_good(plug):
    before = threading.active_count()
    source = watch(plug, QUICK._replace(open_s=0.3, stall_s=0.04))
    plug.set("block")
    reads, deadline_s = 0, time.monotonic() + 1.5
    while time.monotonic() < deadline_s:
        source.read()
        reads += 1
        assert threading.active_count() - before <= 4
    assert reads < 2 * 1.5 / QUICK.wait_s, "what has nothing to offer must not keep a core busy"
    plug.set("flow")
    read_until(source, lambda frame: frame is not None and source.notice is None)
    source.close()


def test_a_still_picture_is_left_in_peace_after_one_reconnection(plug):
    plug.set("stale")
    source = watch(plug)
    read_until(source, lambda frame: source.notice is not None)
    read_until(source, lambda frame: frame is not None and source.notice is None)
    deadline_s = time.monotonic() + 0.5
    while time.monotonic() < deadline_s:
        source.read()
        assert source.notice is None
    assert len(plug.opened) == 2
    source.close()


def test_a_device_that_comes_back_in_another_size_is_not_let_in(plug):
    source = watch(plug)
    plug.set("fail")
    read_until(source, lambda frame: source.notice is not None)
    plug.size = (16, 12)
    plug.set("flow")
    read_until(source, lambda frame: frame is not None or "16×12" in source.notice)
    for _ in range(20):
        assert source.read() is None
        assert source.notice == "Fake camera has changed to 16×12 px: open it again."
    plug.size = (8, 6)
    frame, _ = read_until(source, lambda frame: frame is not None)
    assert frame.image.shape == (6, 8, 3)
    source.close()


@pytest.mark.parametrize(
    ("fault", "said"), [("gone", "cannot be opened"), ("raise", "driver says no"), ("nothing", "within")]
)
def test_a_device_that_never_answers_is_refused(plug, fault, said):
    plug.set(fault)
    with pytest.raises(SourceError, match=said):
        watch(plug, QUICK._replace(open_s=0.1))


def test_a_device_that_blocks_on_opening_is_given_up(plug):
    plug.set("block")
    began_s = time.monotonic()
    with pytest.raises(SourceError, match=r"Fake camera did not answer within 0\.1 s"):
        watch(plug, QUICK._replace(open_s=0.1))
    assert time.monotonic() - began_s < 0.5
    plug.set("flow")


def test_closing_ends_a_read_at_once_and_twice_is_fine(plug):
    source = watch(plug, QUICK._replace(wait_s=5.0, stall_s=50.0))
    plug.set("nothing")
    ended = threading.Event()

    def drain():
        while source.waiting:
            source.read()
        ended.set()

    threading.Thread(target=drain, daemon=True).start()
    source.close()
    source.close()
    assert ended.wait(2)
    assert source.read() is None
    assert plug.opened[0].closed.is_set()


def test_live_sources_cannot_be_wound_back(plug):
    source = watch(plug)
    with pytest.raises(SourceError, match="live"):
        source.seek(0)
    with pytest.raises(SourceError, match="live"):
        source.pts(0)
    source.close()


def test_with_the_usual_limits_a_stall_is_noticed_within_three_seconds(plug):
    source = watch(plug, Watching())
    read_until(source, lambda frame: frame is not None)
    plug.set("block")
    began_s = time.monotonic()
    _, longest_s = read_until(source, lambda frame: source.notice is not None)
    assert time.monotonic() - began_s < 3.0
    assert longest_s < 0.7
    source.close()


def test_a_suspended_program_does_not_blame_the_camera(plug, monkeypatch):
    """The clock has run on, but nobody was there to read."""
    source = watch(plug)
    read_until(source, lambda frame: frame is not None)
    later_s = time.monotonic
    monkeypatch.setattr("motionapp.watched.time.monotonic", lambda: later_s() + 3600.0)
    for _ in range(20):
        source.read()
        assert source.notice is None
    source.close()


def test_twelve_faults_in_a_row_at_random_are_survived(plug):
    source = watch(plug)
    draw = random.Random(12)
    for _ in range(12):
        plug.set(draw.choice(FAULTS))
        read_until(source, lambda frame: source.notice is not None)
        plug.set("flow")
        frame, longest_s = read_until(source, lambda frame: frame is not None and source.notice is None)
        assert longest_s < 0.3
        assert np.all(frame.image == frame.image[0, 0, 0])
    source.close()
    assert all(unit.closed.wait(2) and unit.misused == [] for unit in plug.opened)
