"""What nobody has saved is kept, and offered at the next start; what was saved is not."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from ui.learning.kept_samples import LAST, NOW


@pytest.fixture
def classifier(qtbot, playing):
    qtbot.waitUntil(lambda: playing.commands["sample_1"].isEnabled())
    return playing.classroom.bridge.classifier


def test_samples_are_written_down_when_the_window_is_closed_even_while_training(playing, classifier, preferences):
    QTest.keyClick(playing, Qt.Key.Key_1)
    QTest.keyClick(playing, Qt.Key.Key_T)
    playing.close()
    assert ("save_project", preferences.data_folder / NOW) in classifier.calls
    assert classifier.calls.index(("close",)) < len(classifier.calls) - 1
    assert not playing.unfinished


def test_what_is_being_recorded_when_the_window_closes_is_kept(playing, classifier, preferences):
    QTest.keyPress(playing, Qt.Key.Key_2)
    playing.close()
    assert ("end",) in classifier.calls
    assert (preferences.data_folder / NOW).exists()


def test_without_samples_nothing_is_written(playing, classifier, preferences):
    playing.classroom.panel.add.click()
    playing.close()
    assert not (preferences.data_folder / NOW).exists()


def test_samples_of_last_time_are_offered_once_and_opened_by_a_click(qtbot, make_window, preferences, sessions):
    (preferences.data_folder / NOW).write_bytes(b"project")
    window = make_window()
    window.classroom.kept.look()
    assert [banner.failure.message for banner in window.stage.banners.banners] == [
        "The samples of last time were kept."
    ]
    next(button for button in window.stage.banners.findChildren(QPushButton) if button.text() == "Open them").click()
    qtbot.waitUntil(lambda: window.classroom.bridge.classifier is not None)
    kept = preferences.data_folder / LAST
    qtbot.waitUntil(lambda: ("open_project", str(kept)) in window.classroom.bridge.classifier.calls)
    assert kept.exists()
    window.stage.banners.clear()
    window.classroom.kept.look()
    assert not window.stage.banners.banners


def test_a_saved_project_needs_no_keeping(qtbot, playing, classifier, preferences):
    QTest.keyClick(playing, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(classifier.state.samples.recordings))
    playing.classroom.kept.write()
    qtbot.waitUntil(lambda: (preferences.data_folder / NOW).exists())
    playing.classroom.projects.project_saved.emit()
    assert not (preferences.data_folder / NOW).exists()
    playing.close()
    assert not (preferences.data_folder / NOW).exists()
