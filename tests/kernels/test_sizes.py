"""Pictures of every size, from one pixel to 4K, through the function that users call."""

import numpy as np
import pytest

from motionapp import estimate_flow
from motionapp.settings import PRESETS

#: (H, W): single pixels, rows and columns, odd sides, and sides about the pyramid's smallest and the search's patch.
SMALL = [
    (1, 1), (1, 2), (2, 1), (1, 17), (17, 1), (1, 3000), (3000, 1), (2, 2), (2, 3), (3, 2), (6, 6), (7, 7), (8, 8),
    (7, 300), (300, 7), (13, 14), (16, 17), (17, 16), (33, 31), (101, 77),
]  # fmt: skip
LARGE = [(240, 320), (480, 640), (479, 641), (720, 1280), (1080, 1920)]
FOUR_K = (2160, 3840)
CASES = [(preset, shape) for preset in PRESETS for shape in SMALL + LARGE] + [("live", FOUR_K)]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1][1]}x{case[1][0]}")
def case(request):
    """A preset and two pictures of noise that have nothing in common."""
    preset, shape = request.param
    return preset, *np.random.default_rng(0).integers(0, 256, (2, *shape), np.uint8)


def test_flow_is_finite_and_of_the_right_shape(case):
    preset, image0, image1 = case
    flow = estimate_flow(image0, image1, preset=preset)
    assert flow.shape == (*image0.shape, 2)
    assert flow.dtype == np.float32
    assert np.isfinite(flow).all()


def test_equal_pictures_give_exactly_zero(case):
    preset, image, _ = case
    assert (estimate_flow(image, image.copy(), preset=preset) == 0).all()
