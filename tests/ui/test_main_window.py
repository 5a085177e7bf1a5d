"""The window as a whole, with sessions that do what the test says."""

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QPushButton, QSpinBox

from motionapp.settings import PRESETS
from motionapp.types import MotionError
from ui.recording_commands import write_shown

# --- what is shown ----------------------------------------------------------------------------------------------------


def test_status_line_tells_true_figures(qtbot, playing, sessions):
    expected = "source 30.0 fps · processed 29.5 fps · latency 21 ms · dropped 3 · kernels ready"
    qtbot.waitUntil(lambda: playing.status_line.figures_text == expected)
    assert playing.status_line.state_text == "scene:moving-arm · 64×48"
    sessions.last.preparing = (7, 19, "warp")
    qtbot.waitUntil(lambda: playing.status_line.state_text == "Preparing kernels 7/19")


def test_the_end_is_told_until_it_plays_again(qtbot, playing, sessions, messages):
    sessions.last.state = replace(sessions.last.state, playing=False, ended=True, index=89)
    qtbot.waitUntil(lambda: messages() == ["The end: the last frame stays."])
    assert playing.stage.view.isVisible()
    next(button for button in playing.stage.banners.findChildren(QPushButton) if button.text() == "Play again").click()
    assert sessions.last.calls == [("play",)]
    sessions.last.state = replace(sessions.last.state, playing=False, ended=True, index=89)
    qtbot.waitUntil(lambda: messages() == ["The end: the last frame stays."])
    sessions.last.seek(3)
    qtbot.waitUntil(lambda: messages() == [])


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


def test_the_frame_rate_is_held_by_a_box_and_the_line_says_with_how_much(qtbot, playing, sessions, preferences):
    playing.commands["accurate"].trigger()
    playing.flow_panel.hold.click()
    assert sessions.last.settings == preferences.settings == replace(playing.settings, hold_rate=True)
    assert playing.flow_panel.presets["accurate"].isChecked()
    playing.commands["live"].trigger()
    assert playing.settings.hold_rate
    sessions.last.held = replace(PRESETS["accurate"], warps=1, iterations=6)
    qtbot.waitUntil(lambda: "processed 29.5 fps · warps 1 · iterations 6 ·" in playing.status_line.figures_text)
    playing.flow_panel.hold.click()
    assert not playing.settings.hold_rate


def test_the_descent_is_recorded_only_while_someone_looks(qtbot, playing, sessions):
    assert sessions.last.tracing
    playing.commands["show_descent"].trigger()
    qtbot.waitUntil(lambda: not sessions.last.tracing)
    playing.commands["show_descent"].trigger()
    qtbot.waitUntil(lambda: sessions.last.tracing)
    assert playing.commands["show_descent"].isChecked()


def test_a_click_in_the_motion_plot_seeks_to_its_time(qtbot, playing, sessions):
    playing.motion_plot.seek_requested.emit(10 / 30)
    playing.motion_plot.seek_requested.emit(1.0)
    assert sessions.last.calls == [("seek_time", 10 / 30), ("seek_time", 1.0)]


def test_a_snapshot_shows_the_arrows_and_overwrites_nothing(qtbot, playing, tmp_path):
    folder = tmp_path / "recordings"
    for count in (1, 2):
        playing.commands["snapshot"].trigger()
        qtbot.waitUntil(lambda count=count: len(list(folder.glob("*.png"))) == count)
    qtbot.waitUntil(lambda: playing.status_line.state_text == "Saved scene-moving-arm_000010-2.png")


@pytest.mark.parametrize("name", ["frame.flo", "frame.npz", "frame.kitti.png"])
def test_exported_flow_reads_back_the_same(playing, tmp_path, name):
    from motionapp.flowfiles import read_flow

    picture = playing.on_show.picture
    path = write_shown(picture, tmp_path / name)
    flow = read_flow(path)
    assert abs(flow - picture.motion.flow).max() < 1 / 64


def test_an_export_replaces_only_what_was_confirmed(playing, tmp_path):
    picture, path = playing.on_show.picture, tmp_path / "frame.png"
    write_shown(picture, path)
    with pytest.raises(MotionError, match="exists already"):
        write_shown(picture, path)
    assert write_shown(picture, path, overwrite=True) == path


def test_two_quick_snapshots_of_one_frame_are_two_files(qtbot, playing, tmp_path, messages):
    for _ in range(2):
        playing.commands["snapshot"].trigger()
    qtbot.waitUntil(lambda: len(list((tmp_path / "recordings").glob("*.png"))) == 2)
    assert messages() == []


def test_a_zoomed_picture_can_be_fitted_again(playing):
    view = playing.stage.view
    fitted = view.zoom
    view._box.scaleBy((0.25, 0.25))
    assert view.zoom > 2 * fitted
    playing.commands["fit"].trigger()
    assert view.zoom == pytest.approx(fitted)


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
    assert not second.isFullScreen()


def test_an_unfinished_recording_is_offered_and_recovered(qtbot, window, tmp_path, monkeypatch, messages):
    import motionapp.recorder

    part, whole = tmp_path / "clip.part.mkv", tmp_path / "clip.mkv"
    monkeypatch.setattr(motionapp.recorder, "unfinished", lambda folder: [part])
    monkeypatch.setattr(motionapp.recorder, "recover", lambda path: whole if path == part else None)
    window.recordings.look_for_unfinished()
    qtbot.waitUntil(lambda: messages() == ["The recording clip.part.mkv was left unfinished."])
    banner = window.stage.banners.banners[0]
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Recover").click()
    qtbot.waitUntil(lambda: window.status_line.state_text == "Saved clip.mkv")
    assert messages() == []


# --- focus ------------------------------------------------------------------------------------------------------------


def test_a_focused_button_may_vanish(qtbot, playing, sessions):
    button = QPushButton("Recent", playing.flow_panel)
    button.show()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    with qtbot.waitSignal(button.destroyed):
        button.deleteLater()
    playing.stage.view.setFocus()
    QTest.keyClick(playing, Qt.Key.Key_Space)
    assert sessions.last.calls == [("pause",)]


def test_keys_work_in_a_dock_that_floats(qtbot, playing, sessions):
    box = playing.flow_panel.findChild(QSpinBox)
    dock = playing.findChild(QDockWidget, "Settings")
    dock.setFloating(True)
    dock.activateWindow()
    qtbot.waitUntil(dock.isActiveWindow)
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Backspace):
        QTest.keyClick(box, key)
    assert sessions.last.calls == [("pause",), ("set_speed", 1.0)]


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


def test_widgets_do_not_accumulate_over_sources(qtbot, window, sessions, open_source):
    def count():
        return len(window.findChildren(QObject)) - len(window.stage.start.findChildren(QObject))

    open_source("scene:zoom")
    before = count()
    for _ in range(5):
        open_source("scene:zoom")
    qtbot.waitUntil(lambda: count() <= before)  # a source that was left is closed in the background


def test_the_picture_has_the_focus_when_a_source_opens(qtbot, playing):
    assert playing.stage.view.hasFocus() or playing.stage.view.isAncestorOf(playing.focusWidget())
    assert playing.stage.view.rect().contains(QPoint(1, 1))
