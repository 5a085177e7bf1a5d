import doctest

import numpy as np
import pytest

from kernels import descent, energy, flow
from kernels.colour import LUMA
from kernels.linearise import linearise
from kernels.median import weighted_median
from tests.kernels import naive, naive_energy

FAST = flow.Parameters(finest=1, warps=2, iterations=8)
FULL = flow.Parameters(finest=0, warps=4, iterations=15)


def texture(x, y, seed=0):
    """Forty random waves of 6 to 60 px, so that a moved picture is known between pixels as well."""
    rng = np.random.default_rng(seed)
    picture = np.zeros(np.shape(x))
    for wavelength, angle, phase in zip(
        np.geomspace(6, 60, 40), rng.uniform(0, np.pi, 40), rng.uniform(0, 2 * np.pi, 40), strict=True
    ):
        picture += np.sin(2 * np.pi / wavelength * (np.cos(angle) * x + np.sin(angle) * y) + phase)
    return (0.5 + 0.03 * picture).astype(np.float32)


def still(shape, seed=0):
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    return texture(x, y, seed)


def moved(shape, motion):
    """A pair of pictures and the motion (u, v given as functions of x, y) that leads from the first to the second."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    u, v = motion(x, y)
    return texture(x + u, y + v), texture(x, y), np.stack((u, v)).astype(np.float32)


def error(found, truth, margin=8):
    inner = np.s_[:, margin:-margin, margin:-margin]
    return float(np.hypot(*(found - truth)[inner]).mean())


def translation(u, v):
    return lambda x, y: (np.full_like(x, u), np.full_like(y, v))


def turn(angle, zoom, cx, cy):
    c, s = zoom * np.cos(angle) - 1, zoom * np.sin(angle)
    return lambda x, y: (c * (x - cx) - s * (y - cy), s * (x - cx) + c * (y - cy))


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(flow).failed == 0


@pytest.mark.parametrize(
    ("motion", "bound"),
    [
        (translation(0.4, -0.3), 0.03),
        (translation(6.0, 4.0), 0.05),
        (translation(-17.0, 11.0), 0.1),
        (turn(0.05, 1.0, 80, 60), 0.05),
        (turn(0.0, 1.06, 80, 60), 0.05),
    ],
)
def test_analytic_motion_is_found(motion, bound):
    first, second, truth = moved((120, 160), motion)
    assert error(flow.estimate(first, second, FULL), truth) < bound


def test_equal_pictures_give_exactly_zero():
    picture = still((61, 83))
    assert (flow.estimate(picture, picture, FULL) == 0).all()
    assert (flow.estimate(np.full((40, 40), 0.3), np.full((40, 40), 0.3)) == 0).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (17, 3), (3, 17), (33, 47)])
def test_every_size_works(shape):
    first, second = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
    found = flow.estimate(first, second)
    assert found.shape == (2, *shape)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("parameters", [FAST, FULL])
def test_result_is_the_same_to_the_bit_for_any_number_of_workers(parameters, set_workers):
    first, second, _ = moved((72, 96), translation(3.0, -2.0))
    results = []
    for count in (1, 2, 4, 1):
        set_workers(count)
        results.append(flow.estimate(first, second, parameters))
    for result in results[1:]:
        assert np.array_equal(results[0], result)


def test_a_trace_changes_nothing_and_holds_every_step():
    first, second, _ = moved((64, 80), translation(3.0, -2.0))
    recorder = descent.TraceRecorder(*energy.TERMS)
    traced = flow.estimate(first, second, FAST, trace=recorder)
    assert np.array_equal(traced, flow.estimate(first, second, FAST))
    trace = recorder.finish()
    levels = range(FAST.top((64, 80)), FAST.finest - 1, -1)
    assert len(trace.total) == sum(FAST.warps_on(level) for level in levels) * FAST.iterations
    assert list(dict.fromkeys(trace.stage.tolist())) == list(levels)


def test_a_trace_can_keep_the_field_after_every_step_and_changes_nothing():
    first, second, _ = moved((64, 80), translation(3.0, -2.0))
    recorder = descent.TraceRecorder(*energy.TERMS, keeps_fields=True)
    parameters = flow.Parameters(finest=0, warps=2, iterations=8)
    traced = flow.estimate(first, second, parameters, trace=recorder)
    assert np.array_equal(traced, flow.estimate(first, second, parameters))
    trace = recorder.finish()
    assert len(recorder.fields) == len(trace.values)
    assert [field.shape[1:] for field in recorder.fields] == [
        (-(-64 // 2**level), -(-80 // 2**level)) for level in trace.stage
    ]
    assert np.array_equal(weighted_median(recorder.fields[-1], first), traced)


def test_energy_of_a_trace_falls_within_every_warp_of_steepest_descent():
    first, second, _ = moved((64, 80), translation(3.0, -2.0))
    recorder = descent.TraceRecorder(*energy.TERMS)
    flow.estimate(first, second, flow.Parameters(finest=0, warps=2, method="steepest", step=0.9), trace=recorder)
    trace = recorder.finish()
    same_warp = (np.diff(trace.stage) == 0) & (np.diff(trace.round) == 0)
    assert np.diff(trace.total)[same_warp].max() < 1e-6 * trace.total.max()


def test_a_step_size_above_the_bound_diverges_in_the_trace_and_stays_finite_in_the_field():
    first, second, _ = moved((64, 80), translation(3.0, -2.0))
    recorder = descent.TraceRecorder(*energy.TERMS)
    wild = flow.Parameters(step=3.0, iterations=100, penalty="quadratic")
    with np.errstate(all="ignore"):
        found = flow.estimate(first, second, wild, trace=recorder)
    assert np.isfinite(found).all()
    first_warp = recorder.finish().total[:20]
    assert first_warp[-1] > 1e3 * first_warp[0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("method", descent.METHODS)
def test_one_level_equals_the_slow_oracle_in_float64(seed, method):
    rng = np.random.default_rng(seed)
    shape = (9, 11)
    first, other = (naive.correlate(rng.random(shape), np.full((3, 3), 1 / 9)) for _ in range(2))
    second = 0.2 * other + 0.8 * np.roll(first, 1, axis=1)
    parameters = flow.Parameters(finest=0, levels=1, warps=2, iterations=5, method=method, beta=0.1)
    start = rng.normal(0, 0.3, (2, *shape))
    found = flow.estimate(first, second, parameters, initial=start)
    step = parameters.step * descent.LARGEST_STEP[method]
    weights = energy.Weights(parameters.alpha, parameters.beta, parameters.gamma, parameters.kappa)
    expected = start
    for _ in range(2):
        lines = naive_energy.linearise(first, second, expected)
        system = naive_energy.weigh(lines, expected, start, first, weights)
        moved_field = naive_energy.descend(system, expected, method, 5, step, descent.MOMENTUM)
        expected = np.stack([naive.weighted_median(component, first) for component in moved_field])
    assert np.abs(found - expected).max() < 1e-3


def test_what_differs_in_colour_alone_is_followed_by_colour_constancy():
    y, x = np.mgrid[:64, :80].astype(np.float64)
    pair = []
    for shift in (0.0, 2.0):
        red = texture(x - shift, y) - 0.5
        blue = texture(x - shift, y, seed=1) - 0.5
        green = -(LUMA[0] * red + LUMA[2] * blue) / LUMA[1]  # the grey value is 0.5 everywhere
        pair.append(np.stack((red, green, blue)) + 0.5)
    truth = np.zeros((2, 64, 80), np.float32)
    truth[0] = 2.0
    blind = flow.estimate(*pair, flow.Parameters(finest=0))
    seeing = flow.estimate(*pair, flow.Parameters(finest=0, delta=1.0))
    assert error(blind, truth) > 1.0
    assert error(seeing, truth) < 0.1


def test_a_grey_picture_has_no_colour_to_keep():
    first, second, _ = moved((64, 80), translation(3.0, -2.0))
    expected = flow.estimate(first, second, FAST)
    coloured = flow.Parameters(finest=1, warps=2, iterations=8, delta=1.0)
    assert np.array_equal(flow.estimate(first, second, coloured), expected)
    with pytest.raises(ValueError, match="both be grey"):
        flow.estimate(first, np.stack([second] * 3))


@pytest.mark.parametrize("term", ["brightness", "gamma"])
def test_either_constancy_alone_finds_the_motion_and_without_both_there_is_none(term):
    first, second, truth = moved((96, 128), translation(2.0, 1.0))
    alone = {"brightness": 0.0, "gamma": 0.0, term: 1.0}
    assert error(flow.estimate(first, second, flow.Parameters(finest=0, **alone)), truth) < 0.05
    assert (flow.estimate(first, second, flow.Parameters(finest=0, brightness=0.0, gamma=0.0)) == 0).all()


def test_a_quarter_turn_turns_the_motion():
    first, second, _ = moved((65, 97), turn(0.04, 1.02, 48, 32))
    found = flow.estimate(first, second, FULL)
    turned = flow.estimate(np.rot90(first).copy(), np.rot90(second).copy(), FULL)
    u, v = (np.rot90(component, -1) for component in turned)  # right became up, down became right
    back = np.stack((-v, u))
    assert np.abs(back - found).max() < 2e-2
    assert np.abs(back - found).mean() < 1e-4


def test_a_shifted_view_of_the_same_scene_has_the_same_motion_inside():
    first, second, _ = moved((96, 128), turn(0.02, 1.01, 64, 48))
    found = flow.estimate(first, second, FULL)[:, 8:, 16:]
    shifted = flow.estimate(first[8:, 16:].copy(), second[8:, 16:].copy(), FULL)
    assert np.abs(shifted - found)[:, 24:-24, 24:-24].mean() < 0.01


@pytest.mark.parametrize(
    ("spoil", "bound"),
    [
        (lambda picture, _rng: 1.2 * picture, 0.10),
        (lambda picture, rng: picture + rng.normal(0, 5 / 255, picture.shape), 0.25),
    ],
    ids=["exposure", "noise"],
)
def test_a_change_of_exposure_and_noise_do_little_harm(spoil, bound):
    first, second, truth = moved((120, 160), turn(0.03, 1.02, 80, 60))
    rng = np.random.default_rng(0)
    clean = error(flow.estimate(first, second, FULL), truth)
    spoilt = error(flow.estimate(first, spoil(second, rng), FULL), truth)
    assert clean < 0.05
    assert spoilt < bound


def test_quadratic_penalty_reaches_the_minimum_of_horn_and_schunck():
    first, second, _ = moved((12, 14), translation(0.3, 0.2))
    weights = energy.Weights(alpha=0.7, robust=False)
    rest = np.zeros((2, 12, 14), np.float32)
    system = energy.weigh(linearise(first, second, rest), rest, rest, energy.edges(first, weights), weights)
    matrix, constant = naive_energy.dense_system(system)
    minimum = np.linalg.solve(matrix, -constant).reshape(rest.shape)
    parameters = flow.Parameters(finest=0, levels=1, warps=1, iterations=600, alpha=0.7, kappa=0, penalty="quadratic")
    settled = weighted_median(minimum, first)
    assert np.abs(flow.estimate(first, second, parameters) - settled).max() < 1e-3


@pytest.mark.parametrize("flip", [np.flipud, np.fliplr])
def test_a_mirrored_pair_has_the_mirrored_motion(flip):
    first, second, _ = moved((65, 97), turn(0.04, 1.02, 48, 32))
    found = flow.estimate(first, second, FULL)
    mirrored = flow.estimate(flip(first).copy(), flip(second).copy(), FULL)
    sign = np.array([1, -1] if flip is np.flipud else [-1, 1]).reshape(2, 1, 1)
    back = np.stack([flip(component) for component in mirrored]) * sign
    assert np.abs(back - found).max() < 2e-2
    assert np.abs(back - found).mean() < 1e-4


def test_a_start_is_taken_and_temporal_smoothness_pulls_towards_it():
    first, second, truth = moved((64, 80), translation(2.0, 1.0))
    free = flow.estimate(first, second, FULL)
    held = flow.estimate(first, second, flow.Parameters(finest=0, beta=20.0), initial=np.zeros_like(truth))
    assert np.abs(held).mean() < 0.5 * np.abs(free).mean()
    helped = flow.estimate(first, second, flow.Parameters(finest=0, warps=1, beta=0.1), initial=truth)
    assert error(helped, truth) < error(flow.estimate(first, second, flow.Parameters(finest=0, warps=1)), truth)


def test_a_field_is_carried_along_its_own_motion():
    field = np.zeros((2, 20, 30), np.float32)
    field[0, :, 10:20] = -4.0  # what is in these columns came from four to the left, and will leave the first four
    carried = flow.carry(field)
    assert (carried[0, :, 14:20] == -4.0).all()
    assert (carried[0, :, :14] == 0).all()


def test_bad_pictures_and_parameters_are_refused_by_name():
    picture = still((20, 20))
    broken = picture.copy()
    broken[3, 4] = np.nan
    with pytest.raises(ValueError, match="image1 holds 1 NaN"):
        flow.estimate(picture, broken)
    with pytest.raises(ValueError, match="sizes differ: image0"):
        flow.estimate(picture, picture[:10])
    for name, value in (
        ("step", np.nan),
        ("warps", 0),
        ("delta", -1.0),
        ("method", "newton"),
        ("penalty", "l1"),
        ("alpha", -1.0),
    ):
        with pytest.raises(ValueError, match=name):
            flow.Parameters(**{name: value})
