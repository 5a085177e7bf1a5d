"""Every way to a source and away from it; nothing on the way stops the window."""

import threading

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu, QPushButton

from motionapp.scenes import LAB_SCENES, SCENES
from motionapp.types import Failure, MotionError
from ui.main_window import CLOSE_S

# --- opening ----------------------------------------------------------------------------------------------------------


def test_opening_can_be_cancelled_and_the_late_session_is_closed(qtbot, window, sessions):
    waiting, go = threading.Event(), threading.Event()

    def slow(uri):
        waiting.set()
        assert go.wait(5.0)

    sessions.before = slow
    window.open("camera:0")
    assert waiting.wait(5.0)
    assert window.status_line.state_text == "Opening camera 0 …"
    cancel = next(button for button in window.status_line.findChildren(QPushButton) if button.text() == "Cancel")
    assert cancel.isVisible()
    cancel.click()
    assert window.stage.at_start
    go.set()
    qtbot.waitUntil(lambda: bool(sessions.made) and sessions.last.closed)
    assert window.bridge.session is None
    assert window.stage.at_start


def test_another_source_closes_the_first_in_the_background(qtbot, window, sessions, open_source):
    closing, go = threading.Event(), threading.Event()
    first = open_source("camera:0")

    def stuck(timeout_s=2.0):
        closing.set()
        assert go.wait(5.0)
        return True

    first.close = stuck
    second = None
    window.open("scene:zoom")
    assert closing.wait(5.0)
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    second = sessions.last
    assert second.uri == "scene:zoom"
    go.set()


def test_a_device_is_opened_anew_only_when_it_is_free(qtbot, window, sessions, open_source):
    closing, go = threading.Event(), threading.Event()
    first = open_source("camera:0")

    def slow(timeout_s=2.0):
        closing.set()
        assert go.wait(5.0)
        first.closed = True
        return True

    def exclusive(uri):
        assert first.closed

    first.close, sessions.before = slow, exclusive
    window.open("camera:0")
    assert closing.wait(5.0)
    assert len(sessions.made) == 1
    go.set()
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    assert sessions.last is not first


def test_what_a_recording_says_at_its_end_is_heard_after_its_source_was_left(
    qtbot, playing, sessions, messages, tmp_path
):
    first = sessions.last
    saved = tmp_path / "clip.mkv"

    def finish(timeout_s=2.0):
        first.failures.put(Failure("clip.mkv: 3 of 9 pictures are missing"))
        first.recorded = saved
        return True

    first.close = finish
    with qtbot.waitSignal(playing.recordings.saved) as heard:
        playing.open("scene:zoom")
    assert heard.args == [saved]
    assert messages() == ["clip.mkv: 3 of 9 pictures are missing"]


def test_only_the_source_asked_for_last_is_kept(qtbot, window, sessions):
    for number in range(5):
        window.open(f"/{number}.mp4")
    qtbot.waitUntil(lambda: len(sessions.made) == 5 and sum(not session.closed for session in sessions.made) == 1)
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    assert window.bridge.session.uri == "/4.mp4"


def test_a_source_that_is_refused_says_why_and_the_start_page_returns(qtbot, window, sessions, messages):
    def refuse(uri):
        raise MotionError("/no.mp4 does not exist.")

    sessions.before = refuse
    window.open("/no.mp4")
    qtbot.waitUntil(lambda: messages() == ["/no.mp4 does not exist."])
    assert window.stage.at_start


def test_a_source_that_fails_before_its_first_picture_returns_to_the_start_page(
    qtbot, window, sessions, open_source, messages
):
    session = open_source("camera:7")
    session.failures.put(Failure("There is no camera 7."))
    session.phase = "failed"
    qtbot.waitUntil(lambda: window.stage.at_start)
    assert messages() == ["There is no camera 7."]


def test_a_source_that_fails_later_keeps_its_last_picture(qtbot, playing, sessions, messages):
    sessions.last.failures.put(Failure("The camera was unplugged."))
    sessions.last.phase = "failed"
    qtbot.waitUntil(lambda: messages() == ["The camera was unplugged."])
    assert not playing.stage.at_start
    assert playing.bridge.session is sessions.last


def test_a_pile_of_failures_is_told_without_stopping_the_pictures(qtbot, playing, sessions, messages):
    for number in range(20):
        sessions.last.failures.put(Failure(f"Problem {number}"))
    sessions.last.show(11)
    qtbot.waitUntil(lambda: len(messages()) == 20)


def test_cameras_are_mirrored_and_files_are_not_unless_asked(qtbot, window, sessions, open_source):
    assert open_source("camera:0").settings.view.mirror
    window.commands["rotate"].trigger()
    window.commands["mirror"].trigger()
    session = open_source("/clip.mp4")
    assert (session.settings.view.mirror, session.settings.view.quarter_turns) == (False, 0)
    assert not open_source("camera:0").settings.view.mirror


def test_scenes_go_round_and_files_stop_at_their_end(qtbot, window, sessions, open_source):
    assert open_source("scene:zoom").state.loop
    assert not open_source("/clip.mp4").state.loop


def test_files_become_recent_once_they_are_open_cameras_and_scenes_do_not(
    qtbot, window, sessions, preferences, open_source
):
    for uri in ("camera:0", "scene:zoom", "/a.mp4", "/b.mp4"):
        open_source(uri)
    assert preferences.recent == ["/b.mp4", "/a.mp4"]
    assert preferences.last_source == "/b.mp4"


def test_a_dropped_file_is_opened(qtbot, window, sessions):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/clips/dropped.mp4"), QUrl.fromLocalFile("/other.mp4")])
    place = QPointF(window.rect().center())
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(place, action, data, button, keys))
    qtbot.waitUntil(lambda: bool(sessions.made))
    assert sessions.last.uri == "/clips/dropped.mp4"


def test_the_camera_menu_lists_cameras_without_blocking(qtbot, make_window, sessions):
    from motionapp.camera import CameraInfo

    go = threading.Event()

    def find():
        assert go.wait(5.0)
        return [CameraInfo(2, "Desk camera")]

    window = make_window(cameras=find)
    menu = next(
        action.menu() for action in window.menuBar().actions()[0].menu().actions() if action.text() == "&Camera"
    )
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "Looking for cameras …"
    go.set()
    qtbot.waitUntil(lambda: menu.actions()[0].text() == "Desk camera")
    assert [action.text() for action in menu.actions()[2:]] == ["Resolution", "Network camera…"]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: bool(sessions.made))
    assert sessions.last.uri == "camera:2"


def test_the_menu_of_scenes_lists_all_of_them_those_of_labs_at_its_end(qtbot, window, sessions):
    menus = {action.text(): action.menu() for action in window.menuBar().actions()[0].menu().actions()}
    menu = menus["S&ynthetic scene"]
    menu.aboutToShow.emit()
    scenes = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert scenes == [scene.title for scene in (*SCENES.values(), *LAB_SCENES.values())]
    menu.actions()[-1].trigger()
    qtbot.waitUntil(lambda: bool(sessions.made))
    assert sessions.last.uri == "scene:trembling"


def test_without_a_camera_the_camera_button_says_so(qtbot, window, messages):
    window.stage.start.camera_requested.emit()
    qtbot.waitUntil(lambda: len(messages()) == 1)
    assert messages()[0].startswith("No camera was found.")


# --- closing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["opening", "preparing", "playing", "paused", "ended", "failed", "recording"])
def test_closing_closes_the_session_in_every_phase(qtbot, playing, sessions, tmp_path, phase):
    if phase == "recording":
        playing.commands["record"].trigger()
    else:
        sessions.last.phase = phase
    playing.close()
    assert sessions.last.closed
    assert not playing.unfinished
    assert not playing.isVisible()


def test_closing_while_a_source_is_being_opened_closes_it_when_it_comes(qtbot, window, sessions):
    waiting, go = threading.Event(), threading.Event()

    def slow(uri):
        waiting.set()
        assert go.wait(5.0)

    sessions.before = slow
    window.open("camera:0")
    assert waiting.wait(5.0)
    threading.Timer(0.2, go.set).start()
    window.close()
    assert sessions.last.closed
    assert not window.unfinished


def test_closing_leaves_a_stuck_source_behind_in_time(qtbot, window, sessions, monkeypatch):
    monkeypatch.setattr("ui.main_window.CLOSE_S", 0.2)
    assert CLOSE_S <= 2.0
    go = threading.Event()
    sessions.before = lambda uri: go.wait(10.0)
    window.open("camera:0")
    window.close()
    assert window.unfinished
    go.set()
    window.bridge.shut(5.0)


def test_the_camera_menu_keeps_one_list_of_sizes(qtbot, make_window):
    window = make_window()
    menu = next(menu for menu in window.findChildren(QMenu) if menu.title().replace("&", "") == "Camera")
    for _ in range(5):
        menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: len(menu.findChildren(QMenu)) == 1)


def test_what_goes_wrong_on_the_start_page_is_told(qtbot, window, messages):
    window.stage.start.background.failed.emit(Failure("no scenes"))
    assert messages() == ["no scenes"]
