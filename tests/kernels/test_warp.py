import doctest

import numpy as np
import pytest
import scipy.ndimage

from kernels import pyramid, warp
from kernels._jit import CORES
from motionapp._cv2 import cv2
from tests.kernels import naive

SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 9), (9, 1), (3, 5), (13, 10)]
ORDERS = ["linear", "cubic"]


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def motion(shape, size_px=3.0, seed=1):
    return (np.random.default_rng(seed).standard_normal((2, *shape)) * size_px).astype(np.float32)


def waves(x, y):
    return 0.5 + 0.2 * np.sin(0.21 * x + 0.4) + 0.2 * np.cos(0.17 * y - 0.1 * x)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(warp)
    assert attempted == 3
    assert failed == 0


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_warp_and_sample_equal_the_slow_oracle(shape, order):
    image, flow = picture(shape), motion(shape)
    expected = naive.warp(image, flow, order)
    y, x = np.mgrid[: shape[0], : shape[1]]
    np.testing.assert_allclose(warp.warp(image, flow, order=order), expected, atol=1e-6)
    np.testing.assert_allclose(warp.sample(image, x + flow[0], y + flow[1], order=order), expected, atol=5e-6)


def test_linear_warp_equals_opencv():
    image, flow = picture((101, 77)), motion((101, 77))
    y, x = np.mgrid[:101, :77].astype(np.float32)
    peer = cv2.remap(image, x + flow[0], y + flow[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(warp.warp(image, flow), peer, atol=2e-5)


def test_linear_warp_equals_scipy():
    image, flow = picture((31, 27)), motion((31, 27))
    y, x = np.mgrid[:31, :27]
    peer = scipy.ndimage.map_coordinates(image.astype(float), [y + flow[1], x + flow[0]], order=1, mode="nearest")
    np.testing.assert_allclose(warp.warp(image, flow), peer, atol=1e-6)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_motion_copies_the_picture_to_the_bit(shape, order):
    image = picture(shape)
    np.testing.assert_array_equal(warp.warp(image, np.zeros((2, *shape)), order=order), image)


@pytest.mark.parametrize("order", ORDERS)
def test_whole_pixels_copy_pixels_to_the_bit_and_the_border_is_clamped(order):
    image = picture((7, 9))
    flow = np.zeros((2, 7, 9))
    flow[0], flow[1] = 2, -3
    y, x = np.mgrid[:7, :9]
    expected = image[np.clip(y - 3, 0, 6), np.clip(x + 2, 0, 8)]
    np.testing.assert_array_equal(warp.warp(image, flow, order=order), expected)


@pytest.mark.parametrize("order", ORDERS)
def test_a_constant_stays_exactly_that_constant(order):
    image = np.full((20, 31), 0.3, np.float32)
    np.testing.assert_array_equal(warp.warp(image, motion((20, 31)), order=order), image)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("length_px", [1e3, 1e9, 3e38])
def test_motion_far_out_of_the_picture_lands_on_its_edge(length_px, order):
    image = picture((5, 6))
    flow = np.full((2, 5, 6), length_px, np.float32)
    flow[1] *= -1
    np.testing.assert_array_equal(warp.warp(image, flow, order=order), np.full((5, 6), image[0, -1]))


def test_linear_values_stay_within_the_range_of_the_picture():
    image = picture((40, 40))
    values = warp.warp(image, motion((40, 40), 20.0))
    assert values.min() >= image.min()
    assert values.max() <= image.max()


def test_linear_is_exact_on_a_plane_and_cubic_on_a_parabola():
    y, x = np.mgrid[:20, :20].astype(np.float32)
    flow = np.clip(motion((20, 20), 0.7), -2, 2)
    inside = np.s_[4:-4, 4:-4]
    plane, parabola = 3 * x - 2 * y, (x - 9) ** 2 / 8 - (y - 7) ** 2 / 8
    there_x, there_y = x + flow[0], y + flow[1]
    np.testing.assert_allclose(warp.warp(plane, flow)[inside], (3 * there_x - 2 * there_y)[inside], atol=2e-5)
    expected = (there_x - 9) ** 2 / 8 - (there_y - 7) ** 2 / 8
    np.testing.assert_allclose(warp.warp(parabola, flow, order="cubic")[inside], expected[inside], atol=2e-5)


@pytest.mark.parametrize(("order", "bound"), [("linear", 5e-3), ("cubic", 3e-4)])
def test_a_smooth_scene_is_brought_back_within_a_bound(order, bound):
    y, x = np.mgrid[:60, :80].astype(float)
    flow = np.stack([2 + 0.02 * y, -1 + 0.03 * x])
    brought_back = warp.warp(waves(x, y), flow, order=order)
    assert np.abs(brought_back - waves(x + flow[0], y + flow[1]))[8:-8, 8:-8].max() < bound


def test_the_fraction_of_a_flow_is_as_exact_in_the_last_column_as_in_the_first():
    image = np.tile(np.float32([0, 1]), (1, 2000))
    moved = warp.warp(image, np.stack([np.full((1, 4000), 1e-4), np.zeros((1, 4000))]))
    np.testing.assert_allclose(moved[0, 0], 1e-4, rtol=1e-6)
    np.testing.assert_allclose(moved[0, 3998], 1e-4, rtol=1e-6)


@pytest.mark.parametrize("order", ORDERS)
def test_turning_and_flipping_the_scene_turns_and_flips_the_result(order):
    image, flow = picture((12, 17)), motion((12, 17))
    result = warp.warp(image, flow, order=order)
    mirrored = warp.warp(image[:, ::-1], np.stack([-flow[0], flow[1]])[:, :, ::-1], order=order)
    np.testing.assert_allclose(mirrored, result[:, ::-1], atol=1e-6)
    turned_flow = np.stack([np.rot90(flow[1]), -np.rot90(flow[0])])
    np.testing.assert_allclose(warp.warp(np.rot90(image), turned_flow, order=order), np.rot90(result), atol=1e-6)


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 3, 4)])
def test_sample_keeps_the_shape_of_the_positions(shape):
    image = picture((6, 7))
    x, y = np.full(shape, 2.5), np.full(shape, 3)
    values = warp.sample(image, x, y)
    assert values.shape == shape
    np.testing.assert_allclose(values, image[3, 2:4].mean(), rtol=1e-6)


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 9), (9, 1), (16, 24), (15, 23), (17, 25)])
def test_upsample_flow_equals_the_slow_oracle(shape, factor):
    coarse = motion([-(-size // factor) for size in shape])
    np.testing.assert_allclose(
        warp.upsample_flow(coarse, shape, factor=factor), naive.upsample_flow(coarse, shape, factor), atol=1e-5
    )


def test_upsampled_constants_are_doubled_exactly_and_coarse_pixels_lie_on_even_ones():
    constant = np.full((2, 5, 6), 0.3, np.float32)
    np.testing.assert_array_equal(warp.upsample_flow(constant, (9, 12)), np.full((2, 9, 12), np.float32(0.3) * 2))
    coarse = motion((5, 6))
    np.testing.assert_array_equal(warp.upsample_flow(coarse, (9, 12))[:, ::2, ::2], 2 * coarse)


def test_two_levels_at_once_are_two_single_levels():
    coarse = motion((5, 6))
    twice = warp.upsample_flow(warp.upsample_flow(coarse, (9, 12)), (17, 23))
    np.testing.assert_allclose(warp.upsample_flow(coarse, (17, 23), factor=4), twice, atol=5e-6)


def test_upsampled_flow_follows_what_moves_in_the_pyramid():
    y, x = np.mgrid[:81, :97].astype(float)
    fine, moved = waves(x, y), waves(x - 4, y + 2)
    flow = np.zeros((2, 41, 49))
    flow[0], flow[1] = 2, -1
    small = warp.warp(pyramid.reduce(moved), flow, order="cubic")
    np.testing.assert_allclose(small[4:-4, 4:-4], pyramid.reduce(fine)[4:-4, 4:-4], atol=1e-5)
    large = warp.warp(moved, warp.upsample_flow(flow, (81, 97)))
    np.testing.assert_allclose(large[8:-8, 8:-8], fine[8:-8, 8:-8], atol=1e-5)


@pytest.mark.parametrize("shape", [(161, 203), (5, 9)])
def test_any_number_of_workers_gives_the_same_bits(shape, set_workers):
    image, flow, results = picture(shape), motion(shape), []
    finer = (2 * shape[0], 2 * shape[1] - 1)
    for count in (1, 2, 4):
        set_workers(count)
        arrays = [warp.warp(image, flow, order=order) for order in ORDERS]
        arrays += [warp.sample(image, 3 * image, 2 * image), warp.upsample_flow(flow, finer)]
        results.append([array.tobytes() for array in arrays])
    assert results[0] == results[1] == results[2]


def test_inputs_stay_unchanged_and_out_is_filled_and_returned():
    image, flow = picture((6, 9)), motion((6, 9))
    kept = image.copy(), flow.copy()
    for order in ORDERS:
        out = np.empty((6, 9), np.float32)
        assert warp.warp(image, flow, out, order=order) is out
        np.testing.assert_array_equal(out, warp.warp(image, flow, order=order))
    out = np.empty((2, 12, 17), np.float32)
    assert warp.upsample_flow(flow, (12, 17), out) is out
    np.testing.assert_array_equal(out, warp.upsample_flow(flow, (12, 17)))
    np.testing.assert_array_equal(image, kept[0])
    np.testing.assert_array_equal(flow, kept[1])
    with pytest.raises(ValueError, match="share memory"):
        warp.warp(image, flow, flow[0])


def test_nan_is_refused_by_name():
    image, flow = picture((4, 4)), motion((4, 4))
    hole = image.copy()
    hole[0, 0] = np.nan
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        warp.warp(hole, flow)
    with pytest.raises(ValueError, match="flow holds 1 NaN"):
        warp.warp(image, np.stack([hole, image]))
    with pytest.raises(ValueError, match="y holds 1 NaN"):
        warp.sample(image, image, hole)
    flow[1, 2, 3] = np.inf
    with pytest.raises(ValueError, match="flow holds 1 NaN or infinite"):
        warp.upsample_flow(flow, (8, 8))


def test_wrong_shapes_orders_and_factors_are_named():
    image, flow = picture((4, 4)), motion((4, 5))
    with pytest.raises(ValueError, match=r"sizes differ: image \(4, 4\), flow \(2, 4, 5\)"):
        warp.warp(image, flow)
    with pytest.raises(ValueError, match=r"flow must have shape \(2, H, W\)"):
        warp.warp(image, image)
    with pytest.raises(ValueError, match=r"sizes differ: x \(2,\), y \(3,\)"):
        warp.sample(image, [1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="x must have shape"):
        warp.sample(image, [], [])
    with pytest.raises(ValueError, match="order must be 'linear' or 'cubic', got 'nearest'"):
        warp.warp(image, motion((4, 4)), order="nearest")
    with pytest.raises(ValueError, match=r"shape \(8, 8\) is not 2 times that of flow, \(2, 4, 5\)"):
        warp.upsample_flow(flow, (8, 8))
    for factor in (0, -2, 3, 6):
        with pytest.raises(ValueError, match=f"factor must be a power of two, got {factor}"):
            warp.upsample_flow(flow, (8, 10), factor=factor)


def test_any_kind_of_picture_and_flow_runs_the_same_machine_code():
    image = (255 * picture((8, 8))).astype(np.uint8)
    flow = np.stack([image % 3, image % 2])
    frozen = flow.astype(np.float32)
    frozen.flags.writeable = False
    for variant in (flow, flow.astype(float), flow.tolist(), frozen, np.asfortranarray(flow), flow[::-1]):
        for order in ORDERS:
            warp.warp(image, variant, order=order)
            warp.sample(variant[0], variant[1], variant[0], order=order)
        warp.upsample_flow(variant, (16, 16))
    for name in ("_linear_core", "_cubic_core", "upsample_core"):
        assert len(CORES[f"kernels.warp.{name}"].signatures) == 1


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_planes_and_fields_are_enlarged_to_the_same_places(factor):
    plane = np.random.default_rng(0).random((5, 7), dtype=np.float32)
    shape = (5 * factor, 7 * factor - factor // 2)
    field = warp.upsample_flow(np.stack((plane, plane)), shape, factor=factor)
    np.testing.assert_allclose(factor * warp.upsample_plane(plane, shape, factor=factor), field[0], rtol=1e-6)
    assert np.array_equal(warp.upsample_pixels(np.stack((plane, -plane)), shape, factor=factor)[..., 0], field[0])
