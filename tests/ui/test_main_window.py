"""The window as a whole, with sessions that do what the test says."""

import sys
import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton

from motionapp.settings import PRESETS
from motionapp.types import Failure, MotionError
from ui.main_window import CLOSE_S
from ui.recording_commands import write_shown


def open_and_wait(qtbot, window, sessions, uri):
    window.open(uri)
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    return sessions.last


def messages(window):
    return [banner.failure.message for banner in window.stage.banners.banners]


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


def test_another_source_closes_the_first_in_the_background(qtbot, window, sessions):
    closing, go = threading.Event(), threading.Event()
    first = open_and_wait(qtbot, window, sessions, "camera:0")

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


def test_only_the_source_asked_for_last_is_kept(qtbot, window, sessions):
    for number in range(5):
        window.open(f"/{number}.mp4")
    qtbot.waitUntil(lambda: len(sessions.made) == 5 and sum(not session.closed for session in sessions.made) == 1)
    qtbot.waitUntil(lambda: window.bridge.session is not None)
    assert window.bridge.session.uri == "/4.mp4"


def test_a_source_that_is_refused_says_why_and_the_start_page_returns(qtbot, window, sessions):
    def refuse(uri):
        raise MotionError("/no.mp4 does not exist.")

    sessions.before = refuse
    window.open("/no.mp4")
    qtbot.waitUntil(lambda: messages(window) == ["/no.mp4 does not exist."])
    assert window.stage.at_start


def test_a_source_that_fails_before_its_first_picture_returns_to_the_start_page(qtbot, window, sessions):
    session = open_and_wait(qtbot, window, sessions, "camera:7")
    session.failures.put(Failure("There is no camera 7."))
    session.phase = "failed"
    qtbot.waitUntil(lambda: window.stage.at_start)
    assert messages(window) == ["There is no camera 7."]


def test_a_source_that_fails_later_keeps_its_last_picture(qtbot, playing, sessions):
    sessions.last.failures.put(Failure("The camera was unplugged."))
    sessions.last.phase = "failed"
    qtbot.waitUntil(lambda: messages(playing) == ["The camera was unplugged."])
    assert not playing.stage.at_start
    assert playing.bridge.session is sessions.last


def test_a_pile_of_failures_is_told_without_stopping_the_pictures(qtbot, playing, sessions):
    for number in range(20):
        sessions.last.failures.put(Failure(f"Problem {number}"))
    sessions.last.show(11)
    qtbot.waitUntil(lambda: len(messages(playing)) == 20)


def test_cameras_are_mirrored_and_files_are_not_unless_asked(qtbot, window, sessions):
    assert open_and_wait(qtbot, window, sessions, "camera:0").settings.view.mirror
    window.commands["rotate"].trigger()
    window.commands["mirror"].trigger()
    session = open_and_wait(qtbot, window, sessions, "/clip.mp4")
    assert (session.settings.view.mirror, session.settings.view.quarter_turns) == (False, 0)
    assert not open_and_wait(qtbot, window, sessions, "camera:0").settings.view.mirror


def test_scenes_go_round_and_files_stop_at_their_end(qtbot, window, sessions):
    assert open_and_wait(qtbot, window, sessions, "scene:zoom").state.loop
    assert not open_and_wait(qtbot, window, sessions, "/clip.mp4").state.loop


def test_files_become_recent_once_they_are_open_cameras_and_scenes_do_not(qtbot, window, sessions, preferences):
    for uri in ("camera:0", "scene:zoom", "/a.mp4", "/b.mp4"):
        open_and_wait(qtbot, window, sessions, uri)
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


def test_without_a_camera_the_camera_button_says_so(qtbot, window):
    window.stage.start.camera_requested.emit()
    qtbot.waitUntil(lambda: len(messages(window)) == 1)
    assert messages(window)[0].startswith("No camera was found.")


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_status_line_tells_true_figures(qtbot, playing, sessions):
    expected = "source 30.0 fps · processed 29.5 fps · latency 21 ms · dropped 3 · kernels ready"
    qtbot.waitUntil(lambda: playing.status_line.figures_text == expected)
    assert playing.status_line.state_text == "scene:moving-arm · 64×48"
    sessions.last.preparing = (7, 19, "warp")
    qtbot.waitUntil(lambda: playing.status_line.state_text == "Preparing kernels 7/19, first start only")


def test_settings_reach_the_session_the_panels_and_the_next_start(playing, sessions, preferences):
    playing.commands["accurate"].trigger()
    assert sessions.last.settings.flow == PRESETS["accurate"]
    assert preferences.settings.flow == PRESETS["accurate"]
    playing.flow_panel.changed.emit(replace(PRESETS["accurate"], alpha=0.3))
    assert sessions.last.settings.flow.alpha == 0.3
    assert not any(playing.commands[name].isChecked() for name in PRESETS)
    playing.commands["heat"].trigger()
    playing.commands["heat"].trigger()
    assert playing.commands["heat"].isChecked()
    assert not playing.commands["arrows"].isChecked()


def test_the_descent_is_recorded_only_while_someone_looks(qtbot, playing, sessions):
    assert sessions.last.tracing
    playing.commands["show_descent"].trigger()
    qtbot.waitUntil(lambda: not sessions.last.tracing)
    playing.commands["show_descent"].trigger()
    qtbot.waitUntil(lambda: sessions.last.tracing)
    assert playing.commands["show_descent"].isChecked()


def test_a_click_in_the_motion_plot_seeks_to_a_frame_that_was_seen(qtbot, playing, sessions):
    playing.motion_plot.seek_requested.emit(10 / 30)
    playing.motion_plot.seek_requested.emit(1.0)
    assert sessions.last.calls == [("seek", 10), ("seek", 30)]


def test_a_snapshot_shows_the_arrows_and_overwrites_nothing(qtbot, playing, tmp_path):
    folder = tmp_path / "recordings"
    for count in (1, 2):
        playing.commands["snapshot"].trigger()
        qtbot.waitUntil(lambda count=count: len(list(folder.glob("*.png"))) == count)
    qtbot.waitUntil(lambda: playing.status_line.state_text == "Saved scene-moving-arm_000010-2.png")


@pytest.mark.parametrize("name", ["frame.flo", "frame.npz", "frame_kitti.png"])
def test_exported_flow_reads_back_the_same(playing, tmp_path, name):
    from motionapp.flowfiles import read_flow

    picture = playing.on_show.picture
    path = write_shown(picture, tmp_path / name)
    flow = read_flow(path)
    assert abs(flow - picture.motion.flow).max() < 1 / 64


def test_layout_persists_and_can_be_reset(qtbot, make_window):
    first = make_window()
    first.commands["show_motion"].trigger()
    assert not first.motion_plot.isVisible()
    first.close()
    second = make_window()
    assert not second.motion_plot.isVisible()
    assert not second.commands["show_motion"].isChecked()
    second.commands["reset_layout"].trigger()
    assert second.motion_plot.isVisible()
    assert second.commands["show_motion"].isChecked()


def test_closing_in_full_screen_remembers_the_panels(make_window):
    first = make_window()
    first.commands["fullscreen"].trigger()
    first.close()
    second = make_window()
    assert second.flow_panel.isVisible()
    assert second.menuBar().isVisible()


def test_an_unfinished_recording_is_offered_and_recovered(qtbot, window, tmp_path, monkeypatch):
    import motionapp.recorder

    part, whole = tmp_path / "clip.part.mkv", tmp_path / "clip.mkv"
    monkeypatch.setattr(motionapp.recorder, "unfinished", lambda folder: [part])
    monkeypatch.setattr(motionapp.recorder, "recover", lambda path: whole if path == part else None)
    window.recordings.look_for_unfinished()
    qtbot.waitUntil(lambda: messages(window) == ["The recording clip.part.mkv was left unfinished."])
    banner = window.stage.banners.banners[0]
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Recover").click()
    qtbot.waitUntil(lambda: window.status_line.state_text == "Saved clip.mkv")
    assert messages(window) == []


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


# --- Python and Qt ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal: its references are not counted")
def test_300_frames_lose_fewer_than_50_references_to_none(qtbot, playing, sessions):
    def show(count):
        for index in range(count):
            sessions.last.show(index)
            playing.bridge._pull()
            qtbot.wait(0)

    show(30)
    before = sys.getrefcount(None)
    show(300)
    assert before - sys.getrefcount(None) < 50


def test_widgets_do_not_accumulate_over_sources(qtbot, window, sessions):
    def count():
        return len(window.findChildren(QObject)) - len(window.stage.start.findChildren(QObject))

    open_and_wait(qtbot, window, sessions, "scene:zoom")
    before = count()
    for _ in range(5):
        open_and_wait(qtbot, window, sessions, "scene:zoom")
    assert count() <= before


def test_the_picture_has_the_focus_when_a_source_opens(qtbot, playing):
    assert playing.stage.view.hasFocus() or playing.stage.view.isAncestorOf(playing.focusWidget())
    assert playing.stage.view.rect().contains(QPoint(1, 1))
