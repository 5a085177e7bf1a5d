"""Every method gives full-size flow from the first picture to the second, in px to the right and down."""

import numpy as np
import pytest

from benchmarks.peers import METHODS, available
from motionapp._cv2 import cv2
from motionapp.settings import PRESETS

INSTALLED, ABSENT = available(METHODS)
QUICK = [method for method in INSTALLED if method.name not in ("tvl1", "skimage-tvl1")]


def test_ours_and_those_of_opencv_are_always_there():
    names = [method.name for method in INSTALLED]
    assert {*PRESETS, "dis-ultrafast", "dis-fast", "dis-medium", "farneback"} <= set(names)
    assert [method.name for method in INSTALLED if method.ours] == list(PRESETS)
    assert sorted([*names, *ABSENT]) == sorted(METHODS)


def test_what_is_absent_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "skimage.registration", None)
    monkeypatch.delattr(cv2, "optflow", raising=False)
    found, absent = available(["deepflow", "dis-fast", "skimage-ilk"])
    assert [method.name for method in found] == ["dis-fast"]
    assert absent == {"deepflow": "needs opencv-contrib-python", "skimage-ilk": "needs scikit-image"}


@pytest.mark.parametrize("method", QUICK, ids=lambda method: method.name)
def test_a_shifted_picture_moves_right_and_up(method):
    rng = np.random.default_rng(3)
    sheet = cv2.GaussianBlur(rng.integers(0, 256, (120, 140)).astype(np.float32), (0, 0), 2.0)
    sheet = cv2.normalize(sheet, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    image0, image1 = (np.ascontiguousarray(sheet[y : y + 96, x : x + 112]) for y, x in ((10, 10), (11, 8)))
    before = image0.copy()
    flow = method.calc(image0, image1)
    np.testing.assert_array_equal(image0, before)
    assert flow.shape == (96, 112, 2)
    np.testing.assert_allclose(np.median(flow[16:-16, 16:-16], axis=(0, 1)), [2.0, -1.0], atol=0.3)
