"""Threads as they were, whatever a benchmark sets."""

import pytest

from kernels import bands
from motionapp._cv2 import cv2


@pytest.fixture(autouse=True)
def threads_as_before():
    """Benchmarks set the threads of OpenCV and of the kernels for the whole process."""
    ours, theirs = bands.workers(), cv2.getNumThreads()
    yield
    bands.set_workers(ours)
    cv2.setNumThreads(theirs)
