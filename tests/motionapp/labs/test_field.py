"""The descent of the whole field is the estimator's own, seen step by step."""

import numpy as np
import pytest

from kernels import flow
from kernels.median import weighted_median
from motionapp.labs import field
from motionapp.labs.descent import Parameters

from .views import moved


@pytest.fixture(scope="module")
def view():
    return moved(3.0, -2.0)


@pytest.fixture(scope="module")
def run(view):
    return field.run(view, Parameters())


def test_the_last_field_is_what_the_estimator_finds(view, run):
    chosen = flow.Parameters(finest=0, warps=3, coarse_warps=3, iterations=12, beta=0.0)
    expected = flow.estimate(view.previous_grey, view.grey, chosen)
    assert np.array_equal(weighted_median(run.fields[-1], view.previous_grey), expected)
    assert abs(float(expected[0].mean()) - 3.0) < 0.2


def test_steps_go_by_iteration_warp_and_level_and_begin_again(run):
    levels, warps = len(run.firsts), 3
    for unit, count in (("iteration", levels * warps * 12), ("warp", levels * warps), ("level", levels)):
        steps, seen = 0, 0
        while True:
            steps, seen = field.following(run, steps, unit), seen + 1
            if steps == len(run):
                break
        assert seen == count
    assert field.following(run, len(run), "iteration") == 0
    assert field.following(run, 5, "warp") == 12


def test_a_moment_says_where_it_is_and_holds_what_led_there(run):
    rest, first, last = (field.moment(run, step) for step in (0, 1, len(run)))
    assert rest.iteration == 0
    assert len(rest.trace.values) == 0
    assert (first.level, first.warp, first.iteration) == (len(run.firsts) - 1, 1, 1)
    assert (last.level, last.warp, last.iteration) == (0, 3, 12)
    assert len(last.trace.values) == len(run)
    assert field.moment(run, 10**9).step == len(run)


def test_all_pictures_of_a_run_have_one_size_and_the_residual_shrinks(run):
    moments = [field.moment(run, step) for step in (0, 20, len(run))]
    shapes = {picture.shape for moment in moments for picture in (moment.arrows, moment.warped, moment.residual)}
    assert shapes == {(480, 640, 3)}
    still = float(np.sqrt(((run.seconds[0] - run.firsts[0]) ** 2).mean())) * 255
    assert moments[-1].difference < 0.5 * still  # pixels that left the picture, 6 in 100, cannot be brought back


def test_a_step_size_that_is_too_large_is_seen_and_breaks_nothing(view):
    run = field.run(view, Parameters(field_step=3.0, method="nesterov", penalty="quadratic"))
    moment = field.moment(run, len(run))
    assert moment.arrows.dtype == np.uint8
    assert len(run) == len(run.trace.values)
