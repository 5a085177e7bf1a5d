"""Sessions that are closed after each test."""

import threading

import pytest

from .fakes import FakeSource, session_of


@pytest.fixture
def start():
    """Start sessions, and close them after the test; ``start.camera(frames)`` is a camera that waits to be released."""
    sessions, releases = [], []

    def begin(*arguments, before=lambda session: None, **options):
        session = session_of(*arguments, **options)
        before(session)
        session.start()
        sessions.append(session)
        return session

    def camera(frames=0, **options):
        release = threading.Semaphore(frames)
        releases.append(release)
        kind = {"kind": "camera", "count": 10_000} | options
        return FakeSource(before_read=lambda index: release.acquire(timeout=20), **kind), release

    begin.camera = camera
    yield begin
    for session in sessions:
        session.close(timeout_s=0.0)
        for release in releases:
            release.release()
        assert session.close()
