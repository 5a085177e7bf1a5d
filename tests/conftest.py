"""What holds for every test: no display is needed, and two runs draw the same random examples."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

import hypothesis
import pytest

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture
def set_workers(monkeypatch):
    """Set the number of bands, for pictures of any size; the default is back after the test."""
    from kernels import bands

    before = bands.workers()
    monkeypatch.setattr(bands, "SMALLEST_SHARED_PIXELS", 0)
    monkeypatch.setattr(bands, "SMALLEST_TOGETHER_PIXELS", 0)
    yield bands.set_workers
    bands.set_workers(before)
