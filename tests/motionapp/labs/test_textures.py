"""The texture page: noise that takes the statistics of a sample, the same for a seed."""

from dataclasses import replace

import numpy as np
import pytest

from motionapp.labs.pyramids import Parameters
from motionapp.labs.textures import SIDE_PX, built_in, strengths_apart, texture_shown

from .views import still, view_of

PARAMETERS = replace(Parameters(), page="texture", sample="bark")
MIDDLE = 0.5, 0.5


@pytest.mark.parametrize("name", ["sand", "bark", "bricks"])
def test_built_in_textures_are_pictures_that_never_change(name):
    texture = built_in(name)
    assert texture.shape == (SIDE_PX, SIDE_PX)
    assert texture.min() >= 0
    assert texture.max() <= 1
    np.testing.assert_array_equal(texture, built_in.__wrapped__(name))


def test_noise_alone_already_has_the_grey_values_of_the_sample():
    (sample, made), = texture_shown(still(), PARAMETERS, 0, MIDDLE).rows  # fmt: skip
    np.testing.assert_array_equal(np.sort(made.picture, axis=None), np.sort(sample.picture, axis=None))


def test_every_few_rounds_bring_the_bands_of_bark_nearer_to_the_samples():
    sample = built_in("bark")
    made = [texture_shown(still(), PARAMETERS, rounds, MIDDLE).rows[0][1].picture for rounds in (0, 1, 5)]
    apart = [strengths_apart(picture[..., 0] / np.float32(255), sample) for picture in made]
    assert apart == sorted(apart, reverse=True)
    assert apart[2] < apart[0] / 3


def test_a_seed_makes_the_same_texture_and_another_one_another():
    one, same, other = (
        texture_shown(still(), replace(PARAMETERS, seed=seed), 1, MIDDLE).rows[0][1].picture for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize("place", [(0.0, 0.0), (0.3, 0.6), (1.0, 1.0)])
def test_the_patch_is_that_round_the_place_and_within_the_picture(place):
    image = np.random.default_rng(0).integers(0, 256, (150, 300, 3), np.uint8)
    view = view_of(image)
    (picture, patch, _), = texture_shown(view, replace(PARAMETERS, sample="picture"), 0, place).rows  # fmt: skip
    x, y = picture.marked
    half = SIDE_PX // 2
    np.testing.assert_array_equal(patch.picture, picture.picture[y - half : y + half, x - half : x + half])
    assert abs(x - min(max(place[0] * 300, half), 300 - half)) <= 1
    assert abs(y - min(max(place[1] * 150, half), 150 - half)) <= 1
