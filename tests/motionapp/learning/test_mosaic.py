"""Pictures of maps and kernels: scales, gaps, and whatever the network throws at them."""

import numpy as np
import pytest

from motionapp.learning.mosaic import GAP, kernel_picture, layer_picture, mosaic, thumbnail


def test_a_thumbnail_is_bright_where_it_moves_and_black_where_nothing_does():
    maps = np.zeros((5, 1, 4, 6), np.float32)
    maps[:, 0, 2, 3] = 0.5
    picture = thumbnail(maps)
    assert picture.shape == (4, 6, 3)
    assert picture.dtype == np.uint8
    assert picture.sum(axis=-1).argmax() == 2 * 6 + 3
    assert np.array_equal(thumbnail(0 * maps)[0, 0], picture[0, 0])


def test_tiles_stand_in_rows_with_a_pixel_between_them():
    picture = mosaic(np.ones((5, 3, 4)), columns=2)
    assert picture.shape == (3 * 4 - 1, 2 * 5 - 1, 3)
    assert (picture[3] == GAP).all()
    assert (picture[:, 4] == GAP).all()
    assert (picture[-1, -1] == GAP).all()


def test_signed_tiles_are_white_at_zero_blue_below_and_red_above():
    picture = mosaic(np.array([[[-2.0, 0.0, 2.0]]]), signed=True)[0]
    assert picture.tolist() == [[0, 0, 255], [255, 255, 255], [255, 0, 0]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_do_no_harm(bad):
    tiles = np.array([[[bad, 1.0]]])
    assert mosaic(tiles, signed=True)[0].tolist() == [[255, 255, 255], [255, 0, 0]]


@pytest.mark.parametrize("shape", [(0, 3, 3), (1, 1, 1), (9, 2, 2)])
def test_any_number_of_tiles_is_a_picture(shape):
    assert mosaic(np.zeros(shape), 4).ndim == 3


def test_layers_of_maps_and_of_numbers_and_kernels_are_pictures():
    assert layer_picture(np.ones((8, 4, 5), np.float32)).shape == (4, 8 * 6 - 1, 3)
    assert layer_picture(np.array([-1.0, 1.0], np.float32))[0].tolist() == [[0, 0, 255], [GAP] * 3, [255, 0, 0]]
    assert kernel_picture(np.ones((4, 8, 3, 3), np.float32)).shape == (3, 4 * 4 - 1, 3)
