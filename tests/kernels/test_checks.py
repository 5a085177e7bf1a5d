import numpy as np
import pytest

from kernels.checks import as_flow, as_image, same_shape


@pytest.mark.parametrize(
    "values",
    [
        np.arange(6, dtype=np.uint8).reshape(2, 3),
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        np.arange(12, dtype=np.float32).reshape(2, 6)[:, ::2] / 2 + [[0], [0]],
        np.array([[False, True]]),
        [[0, 1, 2], [3, 4, 5]],
    ],
)
def test_any_real_picture_becomes_contiguous_writable_float32(values):
    image = as_image(values)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    assert image.flags.writeable
    np.testing.assert_array_equal(image, values)


def test_a_fitting_array_is_passed_through_without_a_copy():
    image, flow = np.zeros((2, 3), np.float32), np.zeros((2, 2, 3), np.float32)
    assert as_image(image) is image
    assert as_flow(flow) is flow


def test_a_read_only_array_is_copied_so_that_no_core_compiles_again():
    image = np.zeros((2, 3), np.float32)
    image.flags.writeable = False
    assert as_image(image).flags.writeable
    assert not np.shares_memory(as_image(image), image)


@pytest.mark.parametrize("shape", [(3,), (0, 4), (4, 0), (1, 2, 3)])
def test_shapes_that_are_no_picture_are_named_with_the_argument(shape):
    with pytest.raises(ValueError, match="mask must have shape") as error:
        as_image(np.zeros(shape), "mask")
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("shape", [(4, 4), (3, 4, 4), (2, 0, 4), (2, 4), (1, 2, 4, 4)])
def test_shapes_that_are_no_flow_are_named_with_the_argument(shape):
    with pytest.raises(ValueError, match="flow0 must have shape") as error:
        as_flow(np.zeros(shape), "flow0")
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("values", [np.array([["a"]]), np.array([[1j]]), np.array([[None]], object)])
def test_what_holds_no_real_numbers_is_refused_by_name(values):
    with pytest.raises(TypeError, match="image0 must hold real numbers, got dtype"):
        as_image(values, "image0")


@pytest.mark.parametrize("bad", [[np.nan], [np.inf], [-np.inf], [np.inf, -np.inf], [np.nan, np.inf], [1e300]])
def test_nan_and_infinity_are_counted_and_refused_by_name(bad):
    image = np.zeros((3, 4))
    image.flat[: len(bad)] = bad
    with pytest.raises(ValueError, match=f"picture holds {len(bad)} NaN or infinite values"):
        as_image(image, "picture")
    with pytest.raises(ValueError, match=f"flow holds {len(bad)} NaN or infinite values"):
        as_flow(np.stack([np.zeros((3, 4)), image]))


def test_nan_passes_where_it_is_allowed():
    assert np.isnan(as_image([[np.nan]], finite=False)).all()
    assert np.isnan(as_flow([[[np.nan]], [[np.nan]]], finite=False)).all()


def test_finite_values_pass_however_large_their_sum():
    np.testing.assert_array_equal(as_image(np.full((2, 2), 3e38)), np.float32(3e38))


def test_same_shape_compares_the_last_two_axes_and_names_every_argument():
    same_shape(image=np.zeros((4, 5)), flow=np.zeros((2, 4, 5)))
    with pytest.raises(ValueError, match=r"sizes differ: image \(4, 5\), flow \(2, 4, 6\)"):
        same_shape(image=np.zeros((4, 5)), flow=np.zeros((2, 4, 6)))
