"""The steerable pyramid against its formulas on the full plane, closed forms, and pyrtools where it is installed."""

import doctest
import math

import numpy as np
import pytest

from kernels import steerable
from kernels.steerable import SteerablePyramid, steering_weights

SHAPES = [(512, 512), (511, 511), (101, 77), (64, 97)]
ORDERS = [*range(8), 15]
ANGLES = np.linspace(0, 2 * math.pi, 37)
SMALL = (33, 48)


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def mask(shape, level, order, angle, half=False):
    """A band's mask on the full, centred plane, as the paper prints it."""
    fy, fx = np.meshgrid(*(2 * np.arange(-(size // 2), (size + 1) // 2) / size for size in shape), indexing="ij")
    r, theta = np.hypot(fx, fy), np.arctan2(fy, fx)
    r[shape[0] // 2, shape[1] // 2] = 1e-9

    def high(r):
        return np.where(r <= 0.5, 0, np.where(r >= 1, 1, np.cos(np.pi / 2 * np.log2(r))))

    def low(r):
        return np.sqrt(np.maximum(1 - high(r) ** 2, 0))

    count = order + 1
    scale = 2 ** (2 * order) * math.factorial(order) ** 2 / (count * math.factorial(2 * order))
    turn = np.cos(theta - angle)
    plane = (-1j) ** order * low(2**level * r) * high(2 ** (level + 1) * r) * math.sqrt(scale) * turn**order
    return 2 * plane * (turn > 0) if half else plane


def centred_spectrum(image):
    return np.fft.fftshift(np.fft.fft2(image))


def back(spectrum):
    return np.fft.ifft2(np.fft.ifftshift(spectrum))


def energy(bands, pixels, complex):
    """VECTORS 8: the sum of squares, every piece weighed by its size."""
    oriented = sum(np.sum(np.abs(level.astype(np.complex128)) ** 2) * level[0].size for level in bands.oriented)
    residuals = sum(np.sum(piece.astype(float) ** 2) * piece.size for piece in (bands.high, bands.low))
    return (residuals + oriented * (0.5 if complex else 1)) / pixels


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(steerable)
    assert attempted >= 5
    assert failed == 0


@pytest.mark.parametrize("complex", [False, True])
@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 1e-12), (np.float32, 1e-6)])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_picture_is_rebuilt_and_its_energy_kept_at_any_size_and_order(shape, dtype, error, complex):
    image = picture(shape).astype(dtype)
    for order in ORDERS if max(shape) < 200 else (0, 3, 7):
        pyramid = SteerablePyramid(shape, order=order, complex=complex, dtype=dtype)
        bands = pyramid.build(image)
        assert {piece.dtype for piece in (bands.high, bands.low, pyramid.collapse(bands))} == {np.dtype(dtype)}
        np.testing.assert_allclose(pyramid.collapse(bands), image, atol=error * np.ptp(image), rtol=0)
        of_image = float(np.sum(image.astype(float) ** 2))
        assert energy(bands, image.size, complex) == pytest.approx(of_image, rel=error)


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 1e-12), (np.float32, 1e-6)])
@pytest.mark.parametrize("shape", SHAPES[:2])
@pytest.mark.parametrize("order", [1, 2, 4, 5, 6, 15])
def test_large_pictures_are_rebuilt_at_the_other_orders_too(shape, order, dtype, error):
    image = picture(shape).astype(dtype)
    pyramid = SteerablePyramid(shape, 3, order, dtype=dtype)
    np.testing.assert_allclose(pyramid.collapse(pyramid.build(image)), image, atol=error * np.ptp(image), rtol=0)


@pytest.mark.parametrize("size", range(16, 34))
def test_every_small_size_and_number_of_levels_rebuilds(size):
    image = picture((size, 50 - size))
    for levels in range(1, steerable.most_levels(image.shape) + 1):
        pyramid = SteerablePyramid(image.shape, levels, 2, complex=True, dtype=np.float64)
        np.testing.assert_allclose(pyramid.collapse(pyramid.build(image)), image, atol=1e-13)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 6, 15])
@pytest.mark.parametrize("shape", [(32, 32), (33, 48), (37, 29)])
def test_vector_7_level_0_steered_to_an_angle_is_the_mask_made_at_that_angle(shape, order):
    image = picture(shape)
    pyramid = SteerablePyramid(shape, 1, order, dtype=np.float64)
    bands = pyramid.build(image)
    for angle in ANGLES:
        expected = back(centred_spectrum(image) * mask(shape, 0, order, angle))
        np.testing.assert_allclose(expected.imag, 0, atol=1e-14)
        np.testing.assert_allclose(pyramid.steer(bands, 0, angle), expected.real, atol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3, 15])
def test_complex_bands_are_the_doubled_half_plane_and_their_real_part_the_real_band(order):
    image = picture(SMALL)
    bands = SteerablePyramid(SMALL, 1, order, complex=True, dtype=np.float64).build(image)
    real = SteerablePyramid(SMALL, 1, order, dtype=np.float64).build(image)
    for band, angle in enumerate(SteerablePyramid(SMALL, 1, order).angles):
        expected = back(centred_spectrum(image) * mask(SMALL, 0, order, angle, half=True))
        np.testing.assert_allclose(bands.oriented[0][band], expected, atol=1e-13)
    np.testing.assert_array_equal(bands.oriented[0].real, real.oriented[0])


def test_complex_bands_of_order_0_have_no_negative_frequencies():
    image = picture((32, 31))
    (level,) = SteerablePyramid(image.shape, 1, 0, complex=True, dtype=np.float64).build(image).oriented
    spectrum = np.fft.fft2(level[0])
    mirrored = np.roll(spectrum[::-1, ::-1], (1, 1), axis=(0, 1))
    np.testing.assert_allclose(np.minimum(np.abs(spectrum), np.abs(mirrored)), 0, atol=1e-12)


def test_a_coarse_level_is_the_full_band_seen_at_every_second_pixel():
    image = picture((64, 96))
    bands = SteerablePyramid(image.shape, 2, 3, dtype=np.float64).build(image)
    for band, angle in enumerate(SteerablePyramid(image.shape).angles):
        full = back(centred_spectrum(image) * mask(image.shape, 1, 3, angle)).real
        np.testing.assert_allclose(bands.oriented[1][band], 4 * full[::2, ::2], atol=1e-13)


def test_vector_9_squares_of_all_masks_add_up_to_1():
    for order in ORDERS:
        radius = steerable._frequencies((64, 97), 0)[2]
        high, low = (function(steerable._transition(radius)) for function in (np.cos, np.sin))
        np.testing.assert_allclose(high**2 + low**2, 1, atol=1e-14)
        pairs = steerable._oriented_masks((64, 97), 0, order)
        ring = low * np.cos(steerable._transition(2 * radius))
        np.testing.assert_allclose(sum(mask**2 for mask, _ in pairs), ring**2, atol=1e-14)


@pytest.mark.parametrize(("kx", "ky"), [(20, 0), (9, 5), (-7, 12), (3, 30)])
def test_vector_10_a_grating_that_moves_turns_the_phase_of_every_complex_band(kx, ky):
    y, x = np.mgrid[:128, :128]
    pyramid, distance = SteerablePyramid((128, 128), 3, 3, complex=True, dtype=np.float64), 0.37
    still, moved = (pyramid.build(np.cos(2 * np.pi * (kx * (x - d) + ky * y) / 128)).oriented for d in (0, distance))
    largest = max(np.abs(level).max() for level in still)
    compared = 0
    for before, after in zip(still, moved, strict=True):
        for band, angle in enumerate(pyramid.angles):
            strong = np.abs(before[band]) > 1e-3 * largest
            sign = np.sign(kx * math.cos(angle) + ky * math.sin(angle))
            turn = np.angle(after[band][strong] / before[band][strong])
            np.testing.assert_allclose(turn, -sign * 2 * np.pi * kx * distance / 128, atol=1e-9)
            compared += strong.sum()
    assert compared > 0


def test_parts_that_share_nothing_add_up_to_the_whole():
    image = picture(SMALL)
    pyramid = SteerablePyramid(SMALL, 3, 2, complex=True, dtype=np.float64)
    bands = pyramid.build(image)
    parts = [["high"], [0], [(1, 0), (1, 2)], [(1, 1), 2], ["low"]]
    np.testing.assert_allclose(sum(pyramid.collapse(bands, part) for part in parts), image, atol=1e-13)
    assert not pyramid.collapse(bands, []).any()


def test_a_constant_is_all_in_the_low_residual():
    pyramid = SteerablePyramid((40, 56), dtype=np.float64)
    bands = pyramid.build(np.full((40, 56), 0.5))
    assert all(np.abs(piece).max() < 1e-13 for piece in (bands.high, *bands.oriented))
    np.testing.assert_allclose(pyramid.collapse(bands, ["low"]), 0.5, rtol=1e-14)


def test_a_turned_picture_has_its_bands_turned():
    image = picture((48, 48))
    pyramid = SteerablePyramid((48, 48), 2, 1, dtype=np.float64)
    upright = pyramid.build(image)
    lying = pyramid.build(np.roll(np.rot90(image), 1, axis=0))  # about the pixel (0, 0), as the periodic grid turns
    turned = np.roll(np.rot90(upright.oriented[0][0]), 1, axis=0)
    np.testing.assert_allclose(np.abs(lying.oriented[0][1]), np.abs(turned), atol=1e-13)


def test_steering_weights_pick_a_band_and_sum_over_the_circle():
    for order in ORDERS:
        count = order + 1
        for band in range(count):
            np.testing.assert_allclose(
                steering_weights(order, np.pi * band / count), np.arange(count) == band, atol=1e-14
            )
        delta = 0.3 - np.pi * np.arange(count) / count
        expected = np.sin(count * delta) / (count * np.sin(delta))
        np.testing.assert_allclose(steering_weights(order, 0.3), expected, atol=1e-14)


def test_masks_are_shared_and_only_the_last_few_are_kept():
    first, second = SteerablePyramid((32, 40)), SteerablePyramid((32, 40))
    assert first._masks is second._masks
    assert first == second
    for size in range(20, 40):
        SteerablePyramid((size, size))
    assert steerable._masks.cache_info().currsize <= 4


def test_inputs_stay_unchanged():
    image = picture(SMALL).astype(np.float32)
    kept, pyramid = image.copy(), SteerablePyramid(SMALL)
    bands = pyramid.build(image)
    copies = [piece.copy() for piece in (bands.high, *bands.oriented, bands.low)]
    pyramid.collapse(bands)
    np.testing.assert_array_equal(image, kept)
    for piece, copy in zip((bands.high, *bands.oriented, bands.low), copies, strict=True):
        np.testing.assert_array_equal(piece, copy)


def test_nan_and_other_shapes_are_refused_by_name():
    pyramid, hole = SteerablePyramid(SMALL), picture(SMALL)
    hole[3, 4] = np.nan
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        pyramid.build(hole)
    with pytest.raises(ValueError, match=r"image must have shape \(33, 48\), got \(48, 33\)"):
        pyramid.build(picture((48, 33)))
    other = SteerablePyramid((48, 48)).build(picture((48, 48)))
    with pytest.raises(ValueError, match="bands must have shapes"):
        pyramid.collapse(other)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"shape": (15, 40)}, ValueError, "H, W ≥ 16"),
        ({"shape": (40,)}, ValueError, "H, W ≥ 16"),
        ({"levels": 0}, ValueError, "levels must be from 1 to 3"),
        ({"levels": 4}, ValueError, "levels must be from 1 to 3"),
        ({"order": 16}, ValueError, "order must be from 0 to 15"),
        ({"order": -1}, ValueError, "order must be from 0 to 15"),
        ({"dtype": np.int32}, TypeError, "dtype must be float32 or float64"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(arguments, error, words):
    with pytest.raises(error, match=words):
        SteerablePyramid(**{"shape": SMALL} | arguments)


def test_levels_angles_and_parts_that_are_not_there_are_refused():
    pyramid = SteerablePyramid(SMALL, 2)
    bands = pyramid.build(picture(SMALL))
    for level, angle in ((2, 0.0), (-1, 0.0), (0, math.nan)):
        with pytest.raises(ValueError, match="level must be from 0 to 1 and angle finite"):
            pyramid.steer(bands, level, angle)
    for part in ("middle", 2, (0, 4)):
        with pytest.raises(ValueError, match="keep holds"):
            pyramid.collapse(bands, [part])


@pytest.mark.parametrize("complex", [False, True])
@pytest.mark.parametrize("order", [1, 3, 5])
def test_bands_are_those_of_pyrtools_but_for_its_interpolated_tables(order, complex):
    pyrtools = pytest.importorskip("pyrtools", reason="pyrtools is not installed")
    image = picture((128, 192))
    peer = pyrtools.pyramids.SteerablePyramidFreq(image, height=3, order=order, is_complex=complex).pyr_coeffs
    bands = SteerablePyramid(image.shape, 3, order, complex, np.float64).build(image)
    pairs = [(bands.high, peer["residual_highpass"]), (bands.low, peer["residual_lowpass"])]
    pairs += [(bands.oriented[i][b], peer[i, b]) for i in range(3) for b in range(order + 1)]
    for ours, theirs in pairs:
        assert np.abs(ours - theirs).max() <= 1e-5 * np.abs(theirs).max()
