import numpy as np
import pytest

from kernels import flow, patches


def texture(shape, seed=0):
    rng = np.random.default_rng(seed)
    picture = rng.random(shape, dtype=np.float32)
    return (0.2 + 0.6 * (picture + np.roll(picture, 1, 0) + np.roll(picture, 1, 1)) / 3).astype(np.float32)


def bar(width, shift, shape=(96, 160), grain=1):
    """A textured bar over a textured ground, before and after it moved to the right; and where it was."""
    small = tuple(size // grain for size in shape)
    ground, paint = (np.kron(texture(small, seed), np.ones((grain, grain), np.float32)) for seed in (0, 1))
    pair, inside = [], np.zeros(shape, bool)
    for left in (40, 40 + shift):
        picture = ground.copy()
        picture[16:80, left : left + width] = paint[16:80, :width]
        pair.append(picture)
    inside[16:80, 40 : 40 + width] = True
    return *pair, inside


def test_a_bar_that_was_lost_is_found_and_the_ground_stays():
    first, second, inside = bar(12, 15)
    found = patches.rescue(first, second, np.zeros((2, *first.shape), np.float32))
    core = np.zeros_like(inside)
    core[20:76, 44:48] = True
    assert (found[0][core] == 15).all()
    assert (found[1][core] == 0).all()
    near = np.zeros_like(inside)
    near[8:88, 32:76] = True
    assert (found[:, ~near] == 0).all()


def test_what_is_explained_is_left_alone():
    first = texture((40, 48))
    second = np.roll(first, 3, axis=1)
    field = np.zeros((2, 40, 48), np.float32)
    field[0] = 3.2
    before = field.copy()
    found = patches.rescue(first, second, field)
    assert found is field
    assert (found[:, :, 8:-8] == before[:, :, 8:-8]).all()


def test_pictures_that_have_nothing_to_do_with_each_other_are_not_searched(monkeypatch):
    monkeypatch.setattr(patches, "_rescue_core", None)  # would be called for the bands
    patches.rescue(texture((64, 64)), texture((64, 64), 5), np.zeros((2, 64, 64), np.float32))


@pytest.mark.parametrize("shape", [(1, 1), (7, 30), (8, 8), (9, 13), (33, 47)])
def test_every_size_works_and_equal_pictures_stay_at_rest(shape):
    picture = texture(shape)
    still = np.zeros((2, *shape), np.float32)
    assert (patches.rescue(picture, picture, still) == 0).all()
    found = patches.rescue(picture, texture(shape, 3), np.full((2, *shape), 99.0))
    assert np.isfinite(found).all()


def test_result_does_not_depend_on_the_number_of_workers(set_workers):
    first, second, _ = bar(10, 12)
    found = []
    for count in (1, 2, 4):
        set_workers(count)
        found.append(patches.rescue(first, second, np.zeros((2, *first.shape), np.float32)))
    assert all(np.array_equal(found[0], other) for other in found[1:])


def test_balanced_motion_follows_most_of_a_fast_thin_arm_that_the_pyramid_alone_loses(monkeypatch):
    first, second, inside = bar(20, 30, (240, 320), grain=4)

    def found_part():
        found = flow.estimate(first, second, flow.Parameters())
        assert np.hypot(*found)[:, 160:].mean() < 0.1
        return (np.hypot(found[0] - 30, found[1])[inside] < 3.0).mean()

    assert found_part() > 0.5
    monkeypatch.setattr(flow, "RESCUED_LEVEL", -1)
    assert found_part() < 0.05


def test_not_a_number_is_refused_by_name():
    with pytest.raises(ValueError, match="image1 holds 1 NaN"):
        patches.rescue([[0.5]], [[np.nan]], [[[0.0]], [[0.0]]])
