import numpy as np
import pytest

from kernels import pyramid
from tests.kernels import naive

SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 17), (17, 1), (3, 5), (4, 4), (5, 6), (16, 33)]


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


@pytest.mark.parametrize("shape", SHAPES)
def test_reduce_equals_the_slow_oracle(shape):
    image = picture(shape)
    np.testing.assert_allclose(pyramid.reduce(image), naive.reduce(image), atol=3e-7)


@pytest.mark.parametrize("shape", SHAPES)
def test_expand_equals_the_slow_oracle(shape):
    image = picture(pyramid.reduced_shape(shape))
    np.testing.assert_allclose(pyramid.expand(image, shape), naive.expand(image, shape), atol=3e-7)
