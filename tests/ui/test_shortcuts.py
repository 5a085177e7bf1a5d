"""Every key does what the table says, wherever the focus is; keys step aside only while text is typed."""

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFileDialog, QLineEdit, QPushButton, QSlider, QSpinBox

from ui.actions import BY_ID, COMMANDS
from ui.key_page import KeyPage
from ui.preferences_dialog import PreferencesDialog

KEYED = [(command.id, key) for command in COMMANDS for key in command.keys]
PLACES = ("spin box", "decimal box", "plot", "combo box", "slider", "picture")


def press(widget, key):
    """Press a key written as in the table."""
    combination = QKeySequence(key)[0]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def find(window, place):
    """Return a widget of a kind that keys could get stuck in."""
    kinds = {
        "spin box": lambda: window.flow_panel.findChild(QSpinBox),
        "decimal box": lambda: window.flow_panel.findChild(QDoubleSpinBox),
        "combo box": lambda: window.flow_panel.findChild(QComboBox),
        "slider": lambda: window.flow_panel.findChild(QSlider),
        "plot": lambda: window.motion_plot.findChild(pg.GraphicsView),
        "picture": lambda: window.stage.view,
    }
    return kinds[place]()


@pytest.fixture
def focused(qtbot, playing):
    """Give the focus to a kind of widget."""

    def focus(place):
        widget = find(playing, place)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # even where a click would leave the focus alone
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        qtbot.waitUntil(widget.hasFocus)
        return widget

    return focus


@pytest.mark.parametrize("place", PLACES)
def test_every_key_triggers_its_command_wherever_the_focus_is(qtbot, playing, focused, place):
    """Without the handlers: no key is claimed by a widget, none is ambiguous, none reaches another command."""
    seen = []
    for name, action in playing.commands.items():
        action.setEnabled(True)
        action.triggered.disconnect()
        action.triggered.connect(lambda _checked=False, name=name: seen.append(name))
    playing.classroom.commands.enable = lambda actions: None  # there are not so many classes
    playing.classroom.commands.holding.began.disconnect()
    playing.classroom.commands.holding.began.connect(lambda number: seen.append(f"sample_{number}"))
    for name, key in KEYED:
        if key.isdigit() and place in ("spin box", "decimal box"):
            continue  # begins to edit the number
        widget = focused(place)
        press(widget, key)
        assert seen == [name], f"{key} with the focus in a {place}"
        seen.clear()


@pytest.mark.parametrize("place", ["spin box", "plot"])
@pytest.mark.parametrize(
    ("keys", "calls"),
    [
        (["Space"], [("pause",)]),
        (["Space", "Space"], [("pause",), ("play",)]),
        (["Left"], [("step", -1)]),
        (["Right"], [("step", 1)]),
        ([","], [("step", -1)]),
        (["."], [("step", 1)]),
        (["Shift+Left"], [("step_time", -1.0)]),
        (["Shift+Right"], [("step_time", 1.0)]),
        (["J"], [("set_speed", -1.0), ("play",)]),
        (["L"], [("set_speed", 2.0), ("play",)]),
        (["L", "L"], [("set_speed", 2.0), ("play",), ("set_speed", 4.0), ("play",)]),
        (["J", "J"], [("set_speed", -1.0), ("play",), ("set_speed", -2.0), ("play",)]),
        (["K"], [("pause",)]),
        (["["], [("set_speed", 0.5)]),
        (["]"], [("set_speed", 2.0)]),
        (["]", "Backspace"], [("set_speed", 2.0), ("set_speed", 1.0)]),
        (["I"], [("set_range", 10, None)]),
        (["O"], [("set_range", None, 10)]),
        (["Ctrl+L"], [("set_loop", False)]),
        (["Home"], [("seek", 0)]),
        (["End"], [("seek", 89)]),
    ],
)
def test_playback_keys_tell_the_session(focused, sessions, place, keys, calls):
    for key in keys:
        press(focused(place), key)
    assert sessions.last.calls == calls


@pytest.mark.parametrize("place", ["spin box", "plot"])
def test_v_r_m_change_what_is_drawn(playing, focused, sessions, place):
    for mode in ("colour", "heat", "off", "arrows"):
        press(focused(place), "V")
        assert sessions.last.settings.view.mode == mode
    press(focused(place), "R")
    press(focused(place), "M")
    assert (sessions.last.settings.view.quarter_turns, sessions.last.settings.view.mirror) == (1, True)
    assert playing.commands["mirror"].isChecked()


@pytest.mark.parametrize("place", ["spin box", "plot"])
def test_ctrl_r_records_and_stops(playing, focused, sessions, place):
    press(focused(place), "Ctrl+R")
    (name, path), *_ = sessions.last.calls
    assert name == "start_recording"
    assert path.suffix == ".mkv"
    assert path.parent == playing.recordings.folder()
    assert playing.commands["record"].isChecked()
    press(focused(place), "Ctrl+R")
    assert sessions.last.calls[-1] == ("stop_recording",)
    assert not playing.commands["record"].isChecked()
    assert playing.status_line.state_text == f"Saved {path.name}"


@pytest.mark.parametrize("place", ["spin box", "plot"])
@pytest.mark.parametrize("key", ["F", "F11"])
def test_f_and_f11_show_only_the_picture_and_esc_leaves(qtbot, playing, focused, place, key):
    press(focused(place), key)
    assert playing.isFullScreen()
    hidden = (playing.menuBar(), playing.toolbar, playing.status_line, playing.stage.transport, playing.motion_plot)
    assert not any(widget.isVisible() for widget in hidden)
    assert playing.stage.view.isVisible()
    press(playing.stage.view, "Esc")
    assert not playing.isFullScreen()
    qtbot.waitUntil(lambda: all(widget.isVisible() for widget in hidden))


@pytest.mark.parametrize("place", ["spin box", "plot"])
@pytest.mark.parametrize("key", ["F1", "?"])
def test_f1_and_question_mark_show_all_keys(qtbot, playing, focused, place, key):
    press(focused(place), key)
    page = playing.findChild(KeyPage)
    qtbot.waitUntil(page.isActiveWindow)
    assert not page.isModal()
    press(page, key)
    assert not page.isVisible()


@pytest.mark.parametrize("place", ["spin box", "plot"])
@pytest.mark.parametrize(
    ("key", "kind"), [("Ctrl+O", QFileDialog), ("Ctrl+E", QFileDialog), ("Ctrl+,", PreferencesDialog)]
)
def test_dialogs_open_without_stopping_the_picture(playing, focused, place, key, kind):
    press(focused(place), key)
    dialog = playing.findChild(kind)
    assert dialog.isVisible()
    dialog.reject()


@pytest.mark.parametrize("place", ["spin box", "plot"])
def test_ctrl_v_opens_the_pasted_path(qtbot, playing, focused, sessions, place):
    QGuiApplication.clipboard().setText('"/clips/arm.mp4"\n')  # a QMimeData of Python's there crashes at exit
    press(focused(place), "Ctrl+V")
    qtbot.waitUntil(lambda: sessions.last.uri == "/clips/arm.mp4")


# --- typing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def box(focused):
    """A number box with the focus, and a number that can be seen to change."""
    box = focused("spin box")
    box.setRange(0, 10_000)
    box.setValue(15)
    box.selectAll()
    return box


def test_digits_begin_to_edit_a_number_and_editing_keys_then_belong_to_it(playing, box, sessions):
    for key in ("4", "2", "7", "Backspace", "Left", "Home", "1"):
        press(box, key)
    press(box, "Return")
    assert box.value() == 142
    assert sessions.last.calls == []


def test_letters_and_space_stay_shortcuts_while_a_number_is_edited(playing, box, sessions):
    press(box, "3")
    press(box, "Space")
    press(box, "K")
    assert box.text() == "3"
    assert sessions.last.calls == [("pause",), ("pause",)]


@pytest.mark.parametrize(("key", "value"), [("Return", 3), ("Enter", 3), ("Esc", 15)])
def test_enter_takes_an_edit_esc_drops_it_and_both_give_the_focus_back(qtbot, playing, box, sessions, key, value):
    press(box, "3")
    press(box, key)
    qtbot.waitUntil(playing.stage.view.hasFocus)
    assert box.value() == value
    assert box.text() == str(value)
    press(playing.stage.view, "Backspace")
    assert sessions.last.calls == [("set_speed", 1.0)]


def test_a_click_into_a_box_does_not_take_keys_away_a_double_click_does(playing, box, sessions):
    line = box.findChild(QLineEdit)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    press(box, "Backspace")
    assert sessions.last.calls == [("set_speed", 1.0)]
    QTest.mouseDClick(line, Qt.MouseButton.LeftButton)
    press(box, "Backspace")
    assert sessions.last.calls == [("set_speed", 1.0)]
    assert "15" not in box.text()


def test_up_and_down_still_change_a_number(playing, box):
    press(box, "Up")
    assert box.value() == 16


def test_a_decimal_point_is_typed_into_a_number_but_steps_a_frame_otherwise(playing, focused, sessions):
    box = focused("decimal box")
    box.setRange(0.0, 10.0)
    box.setDecimals(2)
    press(box, ".")
    assert sessions.last.calls == [("step", 1)]
    box.selectAll()
    QTest.keyClicks(box, "2.5")
    press(box, "Return")
    assert box.value() == 2.5
    assert sessions.last.calls == [("step", 1)]


def test_a_text_field_keeps_every_letter(qtbot, playing, sessions):
    field = QLineEdit(playing.flow_panel)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "jkl smrv?")
    press(field, "Backspace")
    press(field, "Left")
    assert field.text() == "jkl smrv"
    assert sessions.last.calls == []


def test_an_open_list_keeps_its_keys(qtbot, playing, focused, sessions):
    combo = focused("combo box")
    combo.showPopup()
    qtbot.waitUntil(combo.view().isVisible)
    press(combo.view(), "Home")
    press(combo.view(), "Space")
    combo.hidePopup()
    assert sessions.last.calls == []


def test_space_never_presses_the_focused_button_but_enter_does(qtbot, playing, sessions):
    clicked = []
    button = QPushButton("Train", playing.flow_panel)
    button.clicked.connect(lambda: clicked.append(1))
    button.show()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    press(button, "Space")
    assert (clicked, sessions.last.calls) == ([], [("pause",)])
    press(button, "Return")
    assert clicked == [1]


def test_keys_of_another_window_do_not_reach_the_player(qtbot, playing, sessions):
    playing.ask_preferences()
    dialog = playing.findChild(PreferencesDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    check = dialog.findChild(QComboBox)
    press(check, "Space")
    press(dialog, "K")
    dialog.reject()
    assert sessions.last.calls == []


def test_without_a_source_playback_keys_do_nothing(qtbot, window):
    for key in ("Space", "J", "L", "Left", "Home", "S", "Ctrl+R", "Ctrl+E"):
        press(window, key)
    assert window.stage.at_start
    assert not window.stage.banners.banners


def test_a_live_source_can_be_frozen_but_not_sought(qtbot, window, sessions):
    window.open("camera:0")
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    for key in ("Left", "Home", "J", "I", "]", "Space"):
        press(window, key)
    assert sessions.last.calls == [("pause",)]


def test_holding_a_step_key_repeats_and_holding_l_does_not():
    assert BY_ID["next"].repeats
    assert not BY_ID["forward"].repeats
