"""The formula below a lab is that of the numbers above it."""

from dataclasses import replace

import pytest

from motionapp.labs import clouds
from motionapp.labs.lessons import PointLesson
from motionapp.labs.network import Parameters
from ui.labs.points_page import _verdict

MEAN = "<sup>1</sup>/<sub><i>n</i></sub> Σ"


@pytest.mark.parametrize("cost", ["linearised", "exact"])
def test_the_cost_of_a_motion_is_a_mean(show, cost):
    assert MEAN in show("descent", cost=cost).formula


def test_the_energy_of_a_field_is_a_mean_and_names_every_weight_in_force(show):
    formula = show("descent", page="field").formula
    assert MEAN in formula
    for weight in "λγακζ":
        assert f"<i>{weight}" in formula
    assert "<i>λ</i> = 0.5" in formula
    assert "<i>κ</i> = 20" in formula


def test_both_descents_show_the_rule_in_force(show):
    formulas = [show("descents", method=method).formula for method in ("steepest", "momentum", "nesterov")]
    assert len(set(formulas)) == 3
    assert ["μ" in formula for formula in formulas] == [False, True, True]
    assert all("<i>P</i><sup>−1</sup>" in formula for formula in formulas)
    assert "<i>μ</i> = 0.9" in formulas[1]


@pytest.mark.parametrize(
    ("data", "hidden", "preprocessing", "rate", "said"),
    [
        ("xor", 0, "zero-centre and scale", "0.01", "none parts these points"),
        ("two blobs", 0, "none", "0.01", "Measurements far from zero"),
        ("xor", 2, "zero-centre and scale", "0.001", "Not there yet"),
        ("two blobs", 0, "zero-centre and scale", "0.3", "training <b>100 %</b> right"),
    ],
)
def test_the_verdict_on_a_network_is_true(data, hidden, preprocessing, rate, said):
    parameters = replace(Parameters(page="points"), hidden=hidden, data=data, preprocessing=preprocessing, rate=rate)
    shown = PointLesson().shown(parameters, clouds.preset(data, 5), 100)
    verdict = _verdict(shown, parameters)
    assert said in verdict
    complaints = ("none parts these points", "Measurements far from zero", "Not there yet")
    assert sum(complaint in verdict for complaint in complaints) == (shown.right < 0.9)
