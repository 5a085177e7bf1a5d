"""What is opened by default, and how kernels are prepared while a window watches."""

import gc
from pathlib import Path

import pytest

from motionapp.camera import CameraInfo
from ui import opener
from ui.naming import source_name


def test_auto_is_the_first_camera(monkeypatch):
    monkeypatch.setattr("motionapp.camera.list_cameras", lambda: [CameraInfo(2, "Desk"), CameraInfo(3, "Door")])
    assert opener.default_source() == "camera:2"


def test_auto_is_the_bundled_clip_or_its_scene_where_there_is_no_camera(monkeypatch):
    monkeypatch.setattr("motionapp.camera.list_cameras", list)
    source = opener.default_source()
    assert source == "scene:moving-arm" or Path(source).is_file()


def test_preparing_reports_progress_and_passes_the_notice_on(monkeypatch):
    def warm_up(progress):
        progress(1, 2, "warp")
        return "The cache was rebuilt."

    seen = []
    monkeypatch.setattr("motionapp.live.warm_up", warm_up)
    try:
        assert opener.prepare(lambda *step: seen.append(step)) == "The cache was rebuilt."
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
    assert seen == [(1, 2, "warp")]


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("camera:0", "camera 0"),
        ("scene:zoom", "the scene zoom"),
        ("/films/arm wrestling.mp4", "arm wrestling.mp4"),
        ("network:rtsp://me:secret@host:554/stream", "host"),
        ("network:http://[", "the network camera"),
        ("auto", "the camera"),
    ],
)
def test_sources_have_names_for_people_without_passwords(uri, name):
    assert source_name(uri) == name
