"""Play, seek, step, range, speed and loop: status to widget, hand to signal."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QToolButton

from motionapp.live import SessionStatus
from motionapp.sources import SourceInfo
from ui import theme
from ui.timeline import SEEK_MS
from ui.transport import Transport, clock, speed_text

CLIP = SourceInfo("clip", "clip.mp4", "video", 640, 480, 30.0, 301, 10.0)
CAMERA = SourceInfo("cam", "camera:0", "camera", 640, 480, 30.0)
PLAYING = SessionStatus(phase="playing", info=CLIP, index=150, pts_s=5.0)


@pytest.fixture
def transport(qtbot):
    widget = Transport()
    qtbot.addWidget(widget)
    widget.resize(1000, 40)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def heard(transport):
    """Every signal the transport emits, in order."""
    said = []
    for name in (
        "play_toggled",
        "shuttled",
        "seek_requested",
        "step_requested",
        "speed_requested",
        "range_requested",
        "loop_toggled",
    ):
        getattr(transport, name).connect(lambda *values, name=name: said.append((name, *values)))
    return said


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def at(transport, index):
    line = transport.timeline
    return QPoint(round(line.x_of(index)), line.height() // 2)


def test_the_status_is_shown_and_nothing_echoes(transport, heard):
    transport.render(replace(PLAYING, first=30, last=200, speed=-0.5, loop=True))
    assert transport.time.text() == "00:05.000"
    assert transport.frame.text() == "frame 151 of 301"
    assert transport.speed.text() == "−0.5× ▾"
    assert transport.loop.isChecked()
    assert transport.timeline.index == 150
    assert transport.play.accessibleName() == "Pause"
    assert heard == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "00:00.000"), (59.9996, "01:00.000"), (61.25, "01:01.250"), (3661.5, "1:01:01.500"), (-1.0, "00:00.000")],
)
def test_times_are_written_to_the_millisecond(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize(("speed", "text"), [(1.0, "1.0×"), (0.125, "0.125×"), (-2.0, "−2.0×"), (8.0, "8.0×")])
def test_speeds_have_the_digits_they_need(speed, text):
    assert speed_text(speed) == text


def test_a_live_source_can_only_be_frozen(transport):
    transport.render(replace(PLAYING, info=CAMERA))
    assert transport.play.isEnabled()
    assert transport.play.accessibleName() == "Freeze"
    off = (transport.back, transport.previous, transport.next, transport.forward, transport.timeline)
    assert not any(
        w.isEnabled() for w in (*off, transport.mark_in, transport.mark_out, transport.speed, transport.loop)
    )
    assert transport.frame.text().startswith("live")


@pytest.mark.parametrize(
    "status", [None, SessionStatus(), replace(PLAYING, phase="failed"), replace(PLAYING, phase="closed")]
)
def test_nothing_can_be_pressed_without_an_open_source(transport, status):
    transport.render(status)
    assert not any(button.isEnabled() for button in transport.findChildren(QToolButton))


def test_buttons_ask_and_change_nothing_themselves(transport, heard, qtbot):
    transport.render(PLAYING)
    for button in (transport.play, transport.previous, transport.next, transport.loop):
        press(qtbot, button)
    assert heard == [("play_toggled",), ("step_requested", -1), ("step_requested", 1), ("loop_toggled", True)]
    assert not transport.loop.isChecked()
    assert transport.play.accessibleName() == "Pause"


def test_back_and_forward_ask_for_their_direction(transport, heard, qtbot):
    transport.render(replace(PLAYING, phase="paused"))
    press(qtbot, transport.back)
    press(qtbot, transport.forward)
    assert heard == [("shuttled", -1), ("shuttled", 1)]


def test_marks_are_set_here_and_removed_where_they_are(transport, heard, qtbot):
    transport.render(PLAYING)
    press(qtbot, transport.mark_in)
    transport.render(replace(PLAYING, first=150))
    press(qtbot, transport.mark_in)
    press(qtbot, transport.mark_out)
    transport.render(replace(PLAYING, first=150, last=150))
    press(qtbot, transport.mark_out)
    assert [said[1:] for said in heard] == [(150, None), (None, None), (150, 150), (150, None)]


def test_the_speed_menu_asks_for_its_speed(transport, heard, qtbot):
    transport.render(PLAYING)
    press(qtbot, transport.speed)
    assert transport.speeds.isVisible()
    half = next(action for action in transport.speeds.actions() if action.text() == "0.5×")
    half.trigger()
    transport.speeds.close()
    assert heard == [("speed_requested", 0.5)]


def test_a_click_on_the_line_seeks_there(transport, heard, qtbot):
    transport.render(PLAYING)
    qtbot.mouseClick(transport.timeline, Qt.MouseButton.LeftButton, pos=at(transport, 60))
    assert [name for name, *_ in heard] == ["seek_requested"]
    assert abs(heard[0][1] - 60) <= 1


def test_the_ends_of_the_line_are_the_ends_of_the_clip(transport):
    transport.render(PLAYING)
    line = transport.timeline
    assert line.index_at(-50.0) == 0
    assert line.index_at(line.width() + 50.0) == 300
    assert all(line.index_at(line.x_of(index)) == index for index in range(301))


def test_dragging_seeks_at_once_then_seldom_and_ends_exactly(transport, heard, qtbot):
    transport.render(PLAYING)
    line = transport.timeline
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=at(transport, 10))
    for index in range(11, 290):
        qtbot.mouseMove(line, at(transport, index))
    assert 1 <= len(heard) < 60  # a seek per SEEK_MS, not one per move
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=at(transport, 289))
    assert abs(heard[-1][1] - 289) <= 1
    count = len(heard)
    qtbot.waitUntil(lambda: not line._pace.isActive(), timeout=20 * SEEK_MS)
    assert len(heard) == count


def test_the_knob_follows_the_hand_while_dragged_and_the_status_after(transport, qtbot):
    transport.render(PLAYING)
    line = transport.timeline
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=at(transport, 200))
    held = line.index
    transport.render(replace(PLAYING, index=20))
    assert line.index == held
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=at(transport, 200))
    transport.render(replace(PLAYING, index=21))
    assert line.index == 21


def test_marks_are_dragged_by_their_feet_and_never_cross(transport, heard, qtbot):
    transport.render(replace(PLAYING, first=100, last=200))
    line = transport.timeline
    foot = line.height() - 3
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(100)), foot))
    qtbot.mouseMove(line, QPoint(round(line.x_of(260)), foot))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(260)), foot))
    assert heard == [("range_requested", 200, 200)]


def test_the_wheel_steps(transport, heard):
    transport.render(PLAYING)
    for turn in (120, -120):
        event = QWheelEvent(
            QPointF(50, 15), QPointF(50, 15), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        transport.timeline.wheelEvent(event)
    assert heard == [("step_requested", -1), ("step_requested", 1)]


def test_no_control_takes_the_focus_and_all_have_names(transport):
    transport.render(PLAYING)
    buttons = transport.findChildren(QToolButton)
    assert len(buttons) == 9
    for button in buttons:
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus
        assert button.accessibleName()
        assert button.toolTip()
    assert transport.timeline.focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("info", [replace(CLIP, frame_count=1), replace(CLIP, frame_count=None), CAMERA])
def test_clips_of_one_or_unknown_many_frames_are_drawn(transport, info):
    transport.render(replace(PLAYING, info=info, index=0, first=0, last=0))
    assert not transport.grab().isNull()


def test_icons_follow_the_scheme(transport):
    transport.render(PLAYING)

    def lightness():
        image = transport.play.icon().pixmap(24, 24).toImage()
        return max(
            image.pixelColor(x, y).lightness()
            for x in range(24)
            for y in range(24)
            if image.pixelColor(x, y).alpha() > 200
        )

    transport.setPalette(theme.palette(dark=True))
    dark = lightness()
    transport.setPalette(theme.palette(dark=False))
    assert dark > 200 > 100 > lightness()
