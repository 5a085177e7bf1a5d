"""Results in the window: curves over the time of their video, a click that seeks, the clipboard, the pictures."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QListWidget

from motionapp.analysis.recipe import Recipe
from ui.analysis.pictures_dialog import PicturesDialog, picture_name
from ui.analysis.results_view import POINTS, joined, thinned, with_dashes


@pytest.fixture
def table(tmp_path, write_table):
    """A table of the regions "all" and "hand", beside its video."""
    (tmp_path / "clip.mp4").touch()
    return write_table(tmp_path / "clip_motion.csv")


@pytest.fixture
def results(window):
    """What holds the results of a window."""
    return window.analysis.results


def opened(qtbot, results, table, source=None):
    with qtbot.waitSignal(results.shown):
        results.open(table, source)
    return results.view


def test_results_open_with_their_video_and_their_curves(qtbot, window, results, table, sessions):
    view = opened(qtbot, results, table)
    qtbot.waitUntil(lambda: bool(sessions.made) and sessions.last.uri == str(table.parent / "clip.mp4"))
    assert view.isVisible()
    assert window.commands["show_results"].isChecked()
    times, speeds = view.curves["hand"].getData()
    assert np.allclose(times, np.arange(1, 30) / 30, atol=1e-6)
    assert np.allclose(speeds, np.arange(1, 30) + 10)
    assert "hand" in view.key.text()


def test_another_column_is_drawn_and_what_was_not_measured_is_not(qtbot, results, table):
    view = opened(qtbot, results, table)
    view.column.setCurrentIndex(view.column.findData("curl_per_s"))
    assert not np.isfinite(view.curves["all"].getData()[1]).any()
    assert view.column.currentText() == "Curl, 1/s"


def test_regions_can_be_hidden(qtbot, results, table):
    view = opened(qtbot, results, table)
    next(action for action in view.menu.actions() if action.text() == "all").trigger()
    assert not view.curves["all"].isVisible()
    assert ">all" not in view.key.text()
    assert view.curves["hand"].isVisible()


def test_a_click_seeks_in_the_video_of_the_results_only(qtbot, results, table, open_source, sessions):
    view = opened(qtbot, results, table)
    qtbot.waitUntil(lambda: bool(sessions.made))
    sessions.last.show(3)
    qtbot.waitUntil(lambda: view._cursor.isVisible())

    def click(seconds):
        canvas = view.canvas
        place = canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(seconds, 10.0)))
        qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)

    sessions.last.calls.clear()
    click(0.5)
    name, seconds = sessions.last.calls[-1]
    assert name == "seek_time"
    assert seconds == pytest.approx(0.5, abs=0.02)
    other = open_source("scene:zoom")
    other.show(3)
    qtbot.waitUntil(lambda: not view._cursor.isVisible())
    other.calls.clear()
    click(0.2)
    assert other.calls == []


def test_the_table_goes_to_the_clipboard_as_it_is(qtbot, results, table):
    opened(qtbot, results, table)
    results.view.copy.click()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.text().startswith("frame,"))
    assert bytes(clipboard.mimeData().data("text/csv").data()) == table.read_bytes()
    assert clipboard.text().startswith("frame,pts_s,dt_s,region,")


def test_pictures_of_the_run_are_shown(qtbot, window, results, table):
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for name in ("heat", "motiongram-x"):
        assert image.save(str(table.with_name(f"clip_motion_{name}.png")))
    view = opened(qtbot, results, table)
    view.pictures.click()
    dialog = window.findChild(PicturesDialog)
    names = dialog.findChild(QListWidget)
    assert [names.item(at).text() for at in range(names.count())] == ["Motiongram x", "Heat"]
    seen = dialog.sheet.grab().toImage()
    assert seen.pixelColor(seen.width() // 2, seen.height() // 2).name() == "#ff0000"
    dialog.close()


def test_without_pictures_the_button_says_how_to_have_them(qtbot, results, table):
    view = opened(qtbot, results, table)
    assert not view.pictures.isEnabled()
    assert "Plots" in view.pictures.toolTip()


def test_what_is_no_table_is_told(qtbot, window, results, tmp_path, messages):
    (tmp_path / "t.csv").write_text("a,b\r\n")
    results.open(tmp_path / "t.csv")
    qtbot.waitUntil(lambda: bool(messages()))
    assert "t.csv is no table of motion" in messages()[0]


def test_an_unfinished_run_is_told(qtbot, results, tmp_path, write_table, messages):
    opened(qtbot, results, write_table(tmp_path / "clip_motion-partial.csv", complete=False))
    assert "not finished" in messages()[0]


def test_frames_of_results_count_as_seen(qtbot, window, results, table, sessions):
    opened(qtbot, results, table)
    qtbot.waitUntil(lambda: bool(sessions.made))
    sessions.last.show(0)
    qtbot.waitUntil(lambda: window.analysis.coverage.count > 0)
    opened(qtbot, results, table)
    shares = window.analysis.coverage.shares(Recipe().flow, 89)
    assert shares[0, 5:25].tolist() == [1.0] * 20


def test_closed_results_leave_an_empty_plot(qtbot, results, table):
    view = opened(qtbot, results, table)
    view.close_results.click()
    assert view.results is None
    assert not view.curves
    assert view.copy.isHidden()


def test_long_curves_keep_their_peaks():
    times = np.arange(100_000) / 100.0
    values = np.zeros(100_000)
    values[54_321], values[7] = 9.0, np.nan
    x, y = thinned(times, values)
    assert len(x) == len(y) <= POINTS + 2
    assert np.nanmax(y) == 9.0
    assert abs(x[np.nanargmax(y)] - 543.21) < 3.0  # a group of some 290 frames


def test_curves_end_where_nothing_was_measured_and_directions_go_the_short_way():
    assert joined(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), circular=False).tolist() == [1, 0, 0, 1, 0]
    times, values = with_dashes(np.arange(5.0), np.array([np.nan, 7.0, np.nan, 3.0, 4.0]))
    np.testing.assert_array_equal(times, [0.0, 0.75, 1.25, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(values, [np.nan, 7.0, 7.0, np.nan, 3.0, 4.0])
    assert joined(np.array([170.0, -170.0, -160.0]), circular=True).tolist() == [0, 1, 0]


def test_a_picture_is_called_what_it_shows(tmp_path):
    assert picture_name(tmp_path / "clip_motion_energy-map.png", "clip_motion") == "Energy map"
    assert picture_name(tmp_path / "clip_motion.png", "clip_motion") == "clip_motion"
