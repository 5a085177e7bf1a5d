"""Divergence, vorticity and shear against plain loops and against what is known of affine fields."""

import numpy as np
import pytest

from motionapp.analysis.derived import divergence, shear, vorticity

from .flows import affine_flow, random_flow


def naive(flow, of):
    """Return what ``of`` makes of ux, uy, vx, vy at every pixel that has four neighbours, NaN elsewhere."""
    u, v = np.asarray(flow, np.float64)
    field = np.full(u.shape, np.nan)
    for y in range(1, u.shape[0] - 1):
        for x in range(1, u.shape[1] - 1):
            ux, uy = (u[y, x + 1] - u[y, x - 1]) / 2, (u[y + 1, x] - u[y - 1, x]) / 2
            vx, vy = (v[y, x + 1] - v[y, x - 1]) / 2, (v[y + 1, x] - v[y - 1, x]) / 2
            field[y, x] = of(ux, uy, vx, vy)
    return field


PAIRS = [
    (divergence, lambda ux, uy, vx, vy: ux + vy),
    (vorticity, lambda ux, uy, vx, vy: uy - vx),
    (shear, lambda ux, uy, vx, vy: np.hypot(ux - vy, uy + vx)),
]


@pytest.mark.parametrize(("derive", "of"), PAIRS)
@pytest.mark.parametrize("shape", [(9, 12), (3, 3), (2, 5), (1, 1)])
def test_derived_fields_are_those_of_plain_loops(derive, of, shape):
    flow, _ = random_flow(shape)
    before = flow.copy()
    got = derive(flow)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, naive(flow, of), atol=1e-6)
    np.testing.assert_array_equal(flow, before)


@pytest.mark.parametrize(("derive", "of"), PAIRS)
def test_unknown_neighbours_make_unknown_values(derive, of):
    flow, _ = random_flow((9, 12))
    flow[:, 4, 5] = np.nan
    np.testing.assert_allclose(derive(flow), naive(flow, of), atol=1e-6)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ([[3, 0, 0], [-2, 0, 0]], (0, 0, 0)),
        ([[0, 0.1, 0], [0, 0, 0.1]], (0.2, 0, 0)),
        ([[0, 0, 0.1], [0, -0.1, 0]], (0, 0.2, 0)),
        ([[0, 0.1, 0], [0, 0, -0.1]], (0, 0, 0.2)),
        ([[0, 0, 0.1], [0, 0.1, 0]], (0, 0, 0.2)),
        ([[0, 0, 0.1], [0, 0, 0]], (0, 0.1, 0.1)),
    ],
)
def test_growing_turning_and_shearing_are_told_apart(model, values):
    flow = affine_flow((7, 9), model)
    for derive, value in zip((divergence, vorticity, shear), values):
        np.testing.assert_allclose(derive(flow)[1:-1, 1:-1], value, atol=1e-6)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(2, H, W\)"):
        divergence(np.zeros((5, 5, 2)))
