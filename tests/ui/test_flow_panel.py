"""Settings to controls and back, for the flow and for the view."""

from dataclasses import fields, replace
from typing import get_args

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from motionapp.settings import PRESETS, FlowSettings, Settings, ViewMode, ViewSettings
from ui.flow_panel import RESOLUTIONS, FlowPanel
from ui.number_row import NumberRow
from ui.view_panel import ViewPanel

FLOW_FIELDS = {entry.name: entry for entry in fields(FlowSettings)}
NUMBERS = [name for name, entry in FLOW_FIELDS.items() if "low" in entry.metadata and name != "finest"]
CHOICES = [name for name, entry in FLOW_FIELDS.items() if "choices" in entry.metadata]


@pytest.fixture
def panel(qtbot):
    widget = FlowPanel()
    qtbot.addWidget(widget)
    widget.resize(320, 360)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def view_panel(qtbot):
    widget = ViewPanel()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def collect(widget):
    heard = []
    widget.changed.connect(heard.append)
    return heard


def shown(panel):
    values = {}
    for name, control in panel.controls.items():
        values[name] = control.box.value() if isinstance(control, NumberRow) else control.currentData()
    return FlowSettings(**values)


def test_every_parameter_has_a_control_with_its_label_and_help(panel):
    assert list(panel.controls) == list(FLOW_FIELDS)
    for name, control in panel.controls.items():
        part = control.box if isinstance(control, NumberRow) else control
        assert part.accessibleName() == FLOW_FIELDS[name].metadata["label"]
        assert FLOW_FIELDS[name].metadata["help"] in part.toolTip()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_shown_exactly_and_nothing_echoes(panel, preset):
    heard = collect(panel)
    panel.render(PRESETS[preset], preset)
    assert shown(panel) == PRESETS[preset]
    assert [name for name, button in panel.presets.items() if button.isChecked()] == [preset]
    assert heard == []


@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_every_range_can_be_shown_and_set(panel, end):
    flow = replace(FlowSettings(), **{name: FLOW_FIELDS[name].metadata[end] for name in NUMBERS})
    panel.render(flow, "custom")
    assert shown(panel) == flow


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_typed_changes_that_field_only(panel, name):
    heard = collect(panel)
    value = FLOW_FIELDS[name].metadata["high"]
    panel.controls[name].box.setValue(value)
    assert heard == [replace(FlowSettings(), **{name: value})]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_slider_moves_by_whole_steps(panel, name):
    heard = collect(panel)
    limits = FLOW_FIELDS[name].metadata
    control = panel.controls[name]
    control.slider.setValue(control.slider.maximum() // 2 + 1)
    assert len(heard) == 1
    steps = (getattr(heard[0], name) - limits["low"]) / limits["step"]
    assert steps == pytest.approx(round(steps), abs=1e-6)
    assert type(getattr(heard[0], name)) is type(FLOW_FIELDS[name].default)


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_changes_that_field_only(panel, name):
    heard = collect(panel)
    for value in FLOW_FIELDS[name].metadata["choices"]:
        panel.controls[name].setCurrentIndex(panel.controls[name].findData(value))
    assert all(replace(flow, **{name: FLOW_FIELDS[name].default}) == FlowSettings() for flow in heard)
    assert len(heard) >= 1


def test_the_resolution_has_names(panel):
    box = panel.controls["finest"]
    assert tuple(box.itemText(at) for at in range(box.count())) == RESOLUTIONS
    heard = collect(panel)
    box.setCurrentIndex(3)
    assert heard[-1].finest == 3


def test_what_is_sent_survives_being_stored(panel):
    heard = collect(panel)
    for name in NUMBERS:
        panel.controls[name].slider.setValue(panel.controls[name].slider.maximum() // 3)
    for flow in heard:
        assert Settings.from_json(Settings(flow=flow).to_json()).flow == flow


def test_preset_buttons_ask_and_wait_for_the_model(panel, qtbot):
    panel.render(PRESETS["live"], "live")
    heard = collect(panel)
    qtbot.mouseClick(panel.presets["accurate"], Qt.MouseButton.LeftButton)
    assert heard == [PRESETS["accurate"]]
    assert not panel.presets["accurate"].isChecked()
    qtbot.mouseClick(panel.presets["live"], Qt.MouseButton.LeftButton)
    assert panel.presets["live"].isChecked()


def test_custom_is_shown_and_cannot_be_chosen(panel):
    panel.render(replace(PRESETS["live"], warps=5), "custom")
    assert panel.presets["custom"].isChecked()
    assert not panel.presets["custom"].isEnabled()


def test_reset_asks_for_the_flow_a_new_window_starts_with(panel):
    panel.render(FlowSettings(warps=9), "custom")
    heard = collect(panel)
    panel.reset.click()
    assert heard == [Settings().flow]


def test_the_box_shows_whether_the_rate_is_held_asks_for_it_and_leaves_the_flow_alone(panel, qtbot):
    heard, held = collect(panel), []
    panel.hold_changed.connect(held.append)
    panel.render(PRESETS["accurate"], "accurate", True)
    assert panel.hold.isChecked()
    assert panel.hold.toolTip()
    qtbot.mouseClick(panel.hold, Qt.MouseButton.LeftButton)
    assert (heard, held) == ([], [False])
    panel.render(PRESETS["accurate"], "accurate")
    assert not panel.hold.isChecked()
    assert held == [False]


def test_a_number_half_typed_is_not_used(panel, qtbot):
    heard = collect(panel)
    box = panel.controls["iterations"].box
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "120")
    assert heard == []
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert [flow.iterations for flow in heard] == [120]


def test_the_wheel_scrolls_and_does_not_change_numbers(panel):
    heard = collect(panel)
    panel.setFocus()
    for control in panel.controls.values():
        for part in (control.slider, control.box) if isinstance(control, NumberRow) else (control,):
            event = QWheelEvent(
                QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(part, event)
    assert heard == []


def test_a_narrow_low_panel_scrolls_and_cuts_nothing_off(panel):
    panel.resize(300, 200)
    area = panel.findChild(QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    assert area.widget().width() <= area.viewport().width()


def test_the_view_is_shown_and_nothing_echoes(view_panel):
    heard = collect(view_panel)
    view = ViewSettings("heat", 24, 1.5, True, 0.25, True, False)
    view_panel.render(view)
    assert view_panel.mode.currentData() == "heat"
    assert view_panel.locked.currentData() is True
    assert [row.box.value() for row in view_panel.numbers.values()] == [24, 1.5, 0.25]
    assert [check.isChecked() for check in view_panel.checks.values()] == [True, False]
    assert heard == []


def test_every_control_of_the_view_changes_its_field_only(view_panel):
    heard = collect(view_panel)
    view_panel.mode.setCurrentIndex(view_panel.mode.findData("colour"))
    view_panel.locked.setCurrentIndex(1)
    view_panel.numbers["grid_px"].box.setValue(32)
    view_panel.numbers["least_px"].box.setValue(2.0)
    view_panel.numbers["px_per_px_s"].box.setValue(0.5)
    for check in view_panel.checks.values():
        check.toggle()
    base = ViewSettings()
    assert heard == [
        replace(base, mode="colour"),
        replace(base, scale_locked=True),
        replace(base, grid_px=32),
        replace(base, least_px=2.0),
        replace(base, px_per_px_s=0.5),
        replace(base, colour_by_speed=True),
        replace(base, grey_unmeasured=False),
    ]


def test_mirror_and_rotation_are_kept_though_the_panel_does_not_show_them(view_panel):
    view_panel.render(ViewSettings(mirror=True, quarter_turns=3))
    heard = collect(view_panel)
    view_panel.checks["colour_by_speed"].toggle()
    assert (heard[0].mirror, heard[0].quarter_turns) == (True, 3)


@pytest.mark.parametrize("mode", get_args(ViewMode))
def test_controls_without_effect_are_greyed(view_panel, mode):
    view_panel.render(ViewSettings(mode=mode))
    assert view_panel.numbers["grid_px"].isEnabled() == (mode == "arrows")
    assert not view_panel.numbers["px_per_px_s"].isEnabled()
    view_panel.render(ViewSettings(mode=mode, scale_locked=True))
    assert view_panel.numbers["px_per_px_s"].isEnabled()
