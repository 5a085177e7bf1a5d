"""What is chosen is there at the next start; what cannot be read is as if it were not there."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QLineEdit

from motionapp.settings import PRESETS, Settings
from ui.network_dialog import NetworkDialog
from ui.preferences import CAMERA_SIZES, Choices, Preferences
from ui.preferences_dialog import PreferencesDialog


def again(store):
    """Read the file as another start of the program would."""
    store.sync()
    return Preferences(QSettings(store.fileName(), QSettings.Format.IniFormat))


def test_settings_choices_recent_files_and_last_source_persist(store):
    settings = Settings(flow=replace(PRESETS["accurate"], alpha=0.25))
    choices = Choices(Path("/films"), (1280, 720), mirror_cameras=False, scheme="dark", reopen=True)
    kept = Preferences(store)
    kept.settings, kept.choices, kept.last_source = settings, choices, "scene:zoom"
    kept.add_recent("/a, b.mp4")
    found = again(store)
    assert (found.settings, found.choices, found.last_source) == (settings, choices, "scene:zoom")
    assert found.recent == ["/a, b.mp4"]


def test_an_empty_store_gives_the_defaults(store):
    found = Preferences(store)
    assert (found.settings, found.choices, found.last_source) == (Settings(), Choices(), "")
    assert found.recent == []
    assert found.layout("docks").isEmpty()


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "null", '{"files": 3, "camera_size": "x", "scheme": 1}', "[" * 100_000]
)
def test_a_damaged_store_gives_the_defaults(store, text):
    for key in ("settings", "choices", "recent", "layout/docks"):
        store.setValue(key, text)
    found = again(store)
    assert (found.settings, found.choices, found.recent) == (Settings(), Choices(), [])
    assert found.layout("docks").isEmpty()


def test_ten_recent_files_newest_first_none_twice(store):
    kept = Preferences(store)
    for number in (*range(12), 5):
        kept.add_recent(f"/{number}.mp4")
    assert kept.recent == [f"/{number}.mp4" for number in (5, 11, 10, 9, 8, 7, 6, 4, 3, 2)]


def test_an_address_with_a_secret_is_not_remembered(store):
    kept = Preferences(store)
    for secret in ("rtsp://me:secret@host/stream", "http://host/video?token=secret", "rtsp://key@host/"):
        kept.last_source = f"network:{secret}"
        assert again(store).last_source == ""
    kept.last_source = "network:rtsp://host/stream"
    assert again(store).last_source == "network:rtsp://host/stream"


def test_the_dialog_shows_choices_and_emits_new_ones(qtbot, tmp_path):
    shown = Choices(tmp_path, (640, 480), mirror_cameras=False, scheme="light", reopen=True)
    dialog = PreferencesDialog(shown, Path("/default"))
    qtbot.addWidget(dialog)
    assert dialog.choices == shown
    dialog.findChild(QLineEdit).setText(" ")
    for box in dialog.findChildren(QComboBox):
        box.setCurrentIndex(0)
    for check in dialog.findChildren(QCheckBox):
        check.toggle()
    with qtbot.waitSignal(dialog.chosen) as heard:
        dialog.accept()
    assert heard.args == [Choices(None, CAMERA_SIZES[0], mirror_cameras=True, scheme="system", reopen=False)]


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("http://host:8080/video", True),
        (" RTSP://host/stream ", True),
        ("http://", False),
        ("file:///etc/passwd", False),
        ("host", False),
    ],
)
def test_only_an_address_of_a_camera_can_be_opened(qtbot, text, usable):
    dialog = NetworkDialog()
    qtbot.addWidget(dialog)
    dialog.findChild(QLineEdit).setText(text)
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)
    assert button.isEnabled() == usable
    if not usable:
        with qtbot.assertNotEmitted(dialog.chosen):
            dialog.accept()
    if usable:
        with qtbot.waitSignal(dialog.chosen) as heard:
            button.click()
        assert heard.args == [f"network:{text.strip()}"]
