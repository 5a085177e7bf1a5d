"""What the pyramids lab shows is what the formulas say, page by page."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from kernels import coding, pyramid
from motionapp.labs import pyramids
from motionapp.labs.pyramid_uses import Stroke, blend_shown, coring_shown, painted_mask
from motionapp.labs.pyramids import Parameters, compression_shown, levels_shown, matrices_shown, steps_shown
from motionapp.labs.shades import grey_picture

from .views import view_of

PARAMETERS = Parameters()


@pytest.fixture
def view():
    image = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    return view_of(image)


def titles(row):
    return [panel.title for panel in row]


def test_levels_are_those_of_both_pyramids_and_all_of_them_rebuild_the_picture(view):
    gaussian, laplacian, below = levels_shown(view, PARAMETERS).rows
    assert titles(gaussian) == ["G0", "G1", "G2", "G3", "G4"]
    assert titles(laplacian) == ["L0", "L1", "L2", "L3", "L4 = G4"]
    np.testing.assert_array_equal(gaussian[2].picture, grey_picture(pyramid.gaussian(view.grey, 3)[2]))
    np.testing.assert_allclose(below[1].picture.astype(int), below[0].picture, atol=1)
    assert "only rounding" in levels_shown(view, PARAMETERS).says


def test_a_level_left_out_is_missing_from_what_is_rebuilt(view):
    shown = levels_shown(view, PARAMETERS, {0, 4})
    assert [panel.kept for panel in shown.rows[1]] == [False, True, True, True, False]
    bands = pyramid.laplacian(view.grey, 5)
    bands[0][:], bands[4][:] = 0, 0
    np.testing.assert_array_equal(shown.rows[2][1].picture, grey_picture(pyramid.collapse(bands)))
    assert "without L0, L4" in shown.says


@pytest.mark.parametrize("steps", range(pyramids.STEPS + 1))
def test_so_many_steps_are_shown_as_were_taken(view, steps):
    panels = [panel for row in steps_shown(view, PARAMETERS, steps).rows for panel in row]
    assert [panel.picture is not None for panel in panels] == [k <= steps for k in range(6)]


def test_the_blurred_picture_without_every_second_pixel_is_the_reduced_one(view):
    shown = [panel.picture for row in steps_shown(view, replace(PARAMETERS, pixels=64), 5).rows for panel in row]
    _, blurred, dropped, zeros, _, _ = shown
    np.testing.assert_allclose(blurred[::2, ::2].astype(int), dropped, atol=1)
    np.testing.assert_array_equal(zeros[::2, ::2], dropped)
    assert not zeros[1::2].any()
    assert not zeros[:, 1::2].any()


def test_matrices_are_as_large_as_the_piece_of_the_picture(view):
    matrices, pictures = matrices_shown(view, replace(PARAMETERS, pixels=24)).rows
    assert [panel.picture.shape[:2] for panel in matrices] == [(12, 24), (24, 12), (24, 24), (24, 24)]
    assert [panel.picture.shape[:2] for panel in pictures] == [(24, 24), (12, 12), (24, 24), (24, 24)]


def test_the_matrices_shown_are_those_of_the_kernels(view):
    (reduce, *_), _ = matrices_shown(view, replace(PARAMETERS, pixels=8)).rows
    matrix = pyramid.reduce_matrix(8)
    np.testing.assert_array_equal(reduce.picture, grey_picture(matrix, 0.0, matrix.max()))


def test_compression_tells_the_bits_and_the_error_of_its_picture(view):
    shown = compression_shown(view, replace(PARAMETERS, levels=3, step=0.1))
    coded = coding.encode(view.grey, 0.1, 4)
    assert f"<b>{coded.bits_per_pixel:.2f}</b> bits" in shown.says
    assert f"{coding.psnr(view.grey, coding.decode(coded)):.1f} dB" in shown.says
    assert titles(shown.rows[1]) == ["L0", "L1", "L2", "L3"]


def test_dabs_of_the_brush_are_discs_one_over_the_other():
    mask = painted_mask((40, 60), [Stroke(0.75, 0.5, 0.2, True), Stroke(0.75, 0.5, 0.1, False)])
    y, x = np.mgrid[:40, :60] + 0.5
    away = np.hypot(x - 45, y - 20)
    expected = np.where(away <= 3, 0, np.where((away <= 6) | (x < 30), 1, 0))
    edge = np.minimum(np.abs(away - 3), np.abs(away - 6)) < 0.6
    np.testing.assert_array_equal(mask[~edge], expected[~edge])


def test_a_joined_dab_is_a_line_as_wide_as_the_brush():
    ends = np.array([[240.0, 30.0], [380.0, 270.0]])
    strokes = [Stroke(x / 400, y / 300, 0.04, True, joined) for (x, y), joined in zip(ends, (False, True))]
    mask = painted_mask((300, 400), strokes)
    y, x = np.mgrid[:300, :400] + 0.5
    along = ends[1] - ends[0]
    part = np.clip(((x - ends[0, 0]) * along[0] + (y - ends[0, 1]) * along[1]) / (along @ along), 0, 1)
    away = np.hypot(x - ends[0, 0] - part * along[0], y - ends[0, 1] - part * along[1])
    expected, sure = (away <= 8) | (x < 200), np.abs(away - 8) > 1.0
    np.testing.assert_array_equal(mask[sure], expected[sure])


@pytest.mark.parametrize("x", [0.0, 1.0])
def test_dabs_may_hang_over_the_border(x):
    mask = painted_mask((20, 30), [Stroke(x, x, 0.4, x > 0)])
    assert mask.shape == (20, 30)
    assert mask[int(19 * x), int(29 * x)] == float(x > 0)


@pytest.mark.parametrize("other", ["mirror image", "rotation", "crossing"])
def test_where_the_mask_is_far_away_either_picture_is_seen(view, other):
    parameters = replace(PARAMETERS, other=other, levels=1)
    (first, second, mask), (cut, blended) = blend_shown(view, parameters, []).rows
    assert mask.picture[0, 0, 0] == 255
    np.testing.assert_array_equal(cut.picture[:, :32], first.picture[:, :32])
    np.testing.assert_array_equal(cut.picture[:, 32:], second.picture[:, 32:])
    np.testing.assert_allclose(blended.picture[:, :24].astype(int), first.picture[:, :24], atol=1)
    np.testing.assert_allclose(blended.picture[:, 40:].astype(int), second.picture[:, 40:], atol=1)


@pytest.mark.parametrize("transform", ["steerable", "laplacian"])
@pytest.mark.parametrize("rule", ["hard", "soft", "wiener"])
def test_coring_gains_on_a_plain_picture_and_the_noise_is_always_the_same(rule, transform):
    view = view_of(np.full((48, 64, 3), 128, np.uint8))
    parameters = replace(PARAMETERS, rule=rule, transform=transform)
    shown, again = coring_shown(view, parameters), coring_shown(view, parameters)
    before, after = (float(panel.note.split()[0]) for panel in shown.rows[0][1:])
    assert before == pytest.approx(20, abs=0.5)
    assert after > before + 8
    np.testing.assert_array_equal(shown.rows[0][2].picture, again.rows[0][2].picture)


@pytest.mark.parametrize("transform", ["steerable", "laplacian"])
def test_coring_has_as_many_levels_as_are_asked_for(transform):
    view = view_of(np.random.default_rng(0).integers(96, 160, (192, 256, 3), np.uint8))
    four, five = (
        coring_shown(view, replace(PARAMETERS, sigma=0.3, levels=levels, transform=transform)).rows[0][2].picture
        for levels in (4, 5)
    )
    assert (four != five).any()


@pytest.mark.parametrize("transform", ["steerable", "laplacian"])
def test_levels_that_coring_says_there_is_no_room_for_change_nothing(transform):
    view = view_of(np.random.default_rng(0).integers(96, 160, (48, 64, 3), np.uint8))
    shown = [coring_shown(view, replace(PARAMETERS, levels=levels, transform=transform)) for levels in range(1, 8)]
    for fewer, more in pairwise(shown):
        changes = (fewer.rows[0][2].picture != more.rows[0][2].picture).any()
        assert changes == ("no more" not in more.says)
    assert ("no more" in shown[-1].says) == (transform == "steerable")


def test_without_noise_nothing_is_taken_away(view):
    shown = coring_shown(view, replace(PARAMETERS, sigma=0.0))
    assert shown.says == "PSNR <b>∞ dB</b> → <b>∞ dB</b>"
    assert shown.rows[1][0].picture.min() == 255


def test_a_flat_picture_costs_no_bits():
    shown = compression_shown(view_of(np.full((48, 64, 3), 0, np.uint8)), PARAMETERS)
    assert shown.says == "<b>0.00</b> bits per pixel &nbsp;·&nbsp; PSNR <b>∞ dB</b>"


def test_no_coefficient_of_a_band_is_white_whatever_the_step(view):
    for step in (0.02, 0.5):
        shown = compression_shown(view, replace(PARAMETERS, step=step))
        assert all(panel.limit is not None for panel in shown.rows[1][:-1])
        assert shown.rows[1][-1].limit is None


def test_the_matrices_have_their_numbers_written_in(view):
    shown = matrices_shown(view, replace(PARAMETERS, pixels=8))
    reduce_, expand = (panel.numbers for panel in shown.rows[0][:2])
    assert reduce_[1].tolist() == [1, 4, 6, 4, 1, 0, 0, 0]
    assert expand[:4].tolist() == [[6, 2, 0, 0], [4, 4, 0, 0], [1, 6, 1, 0], [0, 4, 4, 0]]
