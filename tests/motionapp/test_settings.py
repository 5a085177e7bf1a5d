"""Settings keep their promises: valid defaults, and nothing impossible comes back from a file."""

import json
import math
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.settings import PRESETS, FlowSettings, Settings, ViewSettings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)


def valid(values):
    for entry in fields(values):
        value, limits = getattr(values, entry.name), entry.metadata
        if "choices" in limits:
            assert value in limits["choices"]
        elif "low" in limits:
            assert limits["low"] <= value <= limits["high"]
            assert math.isfinite(value)
            assert isinstance(value, int) or isinstance(entry.default, float)
        else:
            assert isinstance(value, bool)


@pytest.mark.parametrize("flow", [FlowSettings(), *PRESETS.values()])
def test_defaults_and_presets_lie_in_their_ranges(flow):
    valid(flow)
    valid(ViewSettings())


def test_settings_survive_json():
    settings = Settings(
        flow=replace(PRESETS["accurate"], alpha=0.25, method="momentum"),
        view=ViewSettings(mode="heat", mirror=True, quarter_turns=3, scale_locked=True, px_per_px_s=0.5),
        hold_rate=True,
    )
    assert Settings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize("stored", [{}, {"hold_rate": None}, {"hold_rate": 1}, {"hold_rate": "yes"}])
def test_the_frame_rate_is_held_only_if_a_file_says_so(stored):
    kept = {"flow": asdict(PRESETS["accurate"])}
    assert Settings.from_json(json.dumps(kept | stored)) == Settings(flow=PRESETS["accurate"])


def test_holding_the_frame_rate_leaves_the_preset_its_name():
    assert Settings(flow=PRESETS["accurate"], hold_rate=True).preset == "accurate"


def test_the_preset_is_known_by_its_values():
    assert Settings(flow=PRESETS["balanced"]).preset == "balanced"
    assert Settings(flow=replace(PRESETS["balanced"], gamma=0.0)).preset == "custom"


@pytest.mark.parametrize("text", ["", "null", "[]", "3", '"x"', "{", '{"flow": 3}', '{"flow": {"levels": null}}'])
def test_nonsense_gives_the_defaults(text):
    assert Settings.from_json(text) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("levels", 0), ("levels", 2.5), ("levels", True), ("step", math.nan), ("step", "0.5"), ("method", "magic")],
)
def test_an_impossible_value_is_replaced_and_the_others_are_kept(name, value):
    flow = replace(Settings().flow, warps=9)
    stored = asdict(Settings(flow=flow))
    stored["flow"][name] = value
    stored["flow"]["unknown"] = 1
    assert Settings.from_json(json.dumps(stored)).flow == flow


def test_a_whole_number_will_do_for_a_fraction():
    assert Settings.from_json('{"flow": {"step": 1}}').flow.step == 1


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "flow": st.dictionaries(st.sampled_from([f.name for f in fields(FlowSettings)]), JSON) | JSON,
            "view": st.dictionaries(st.sampled_from([f.name for f in fields(ViewSettings)]), JSON) | JSON,
        },
    )
)
def test_whatever_a_file_holds_the_settings_are_valid(stored):
    settings = Settings.from_json(json.dumps(stored))
    valid(settings.flow)
    valid(settings.view)
