"""Someone who watches the motions of a session: sees each once, in order, and harms nothing."""

import threading

from motionapp.live import LiveSession
from motionapp.settings import Settings

from .fakes import FakeEstimator, FakeSource, failures, picture_of, until


def begin(source, watch, estimator=None):
    """Start a session over a fake source that is watched."""
    estimator = estimator or FakeEstimator()
    session = LiveSession(
        "fake:", Settings(), opener=lambda uri: source, prepare=None, estimator=estimator, watch=watch
    )
    session.start()
    return session


def test_every_processed_motion_is_shown_once_in_order_on_the_compute_thread():
    seen, threads = [], set()

    def watch(motion):
        seen.append(motion.frame.index)
        threads.add(threading.current_thread().name)

    session = begin(FakeSource(30, rate_hz=200.0), watch)
    until(lambda: session.status().phase == "ended" and session.status().index == 29)
    session.pause()
    session.apply(Settings())  # made again, not shown again
    until(lambda: len(seen) == session.status().processed or session.status().processed > len(seen))
    assert session.close()
    assert seen == sorted(set(seen))
    assert seen[-1] == 29
    assert threads == {"compute"}


def test_what_a_watcher_raises_is_told_once_and_the_pictures_go_on():
    def watch(motion):
        raise FloatingPointError("blind")

    session = begin(FakeSource(10_000, rate_hz=200.0), watch)
    until(lambda: session.status().index > 20)
    picture = session.pictures.take(5.0)
    assert picture is not None
    assert session.close()
    assert failures(session) == ["Motion could not be classified: blind"]


def test_a_motion_that_could_not_be_estimated_is_not_shown():
    def broken(frame):
        if frame.index == 3:
            raise FloatingPointError("bad frame")

    seen = []
    session = begin(FakeSource(8, rate_hz=50.0), lambda motion: seen.append(motion.frame.index), FakeEstimator(broken))
    picture_of(session, 7)
    assert session.close()
    assert 3 not in seen
    assert 7 in seen
