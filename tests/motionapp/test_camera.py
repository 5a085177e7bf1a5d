import os
import subprocess
import sys
import threading
from typing import ClassVar

import numpy as np
import pytest

from motionapp import camera
from motionapp._cv2 import cv2
from motionapp.camera import CameraInfo, CameraSource, list_cameras
from motionapp.sources import SourceError
from motionapp.watched import Watching

QUICK = Watching(open_s=1.0, stall_s=0.1, wait_s=0.02, pause_s=0.01)


class FakeCapture:
    """Stands in for cv2.VideoCapture."""

    made: ClassVar[list["FakeCapture"]] = []
    present = True
    image = np.zeros((6, 8, 3), np.uint8)

    def __init__(self, index, backend):
        self.index, self.backend, self.thread = index, backend, threading.get_ident()
        self.properties = {cv2.CAP_PROP_FPS: 25.0}
        self.released = threading.Event()
        self.number = 0
        FakeCapture.made.append(self)

    def isOpened(self):
        return FakeCapture.present

    def set(self, key, value):
        self.properties[key] = value
        return True

    def get(self, key):
        return self.properties.get(key, 0.0)

    def grab(self):
        threading.Event().wait(0.002)
        return FakeCapture.present

    def retrieve(self):
        self.number += 1
        image = FakeCapture.image.copy()
        image[0, 0] = self.number % 256
        return True, image

    def release(self):
        assert threading.get_ident() == self.thread
        self.released.set()


@pytest.fixture(autouse=True)
def capture(monkeypatch):
    monkeypatch.setattr(FakeCapture, "made", [])
    monkeypatch.setattr(FakeCapture, "present", True)
    monkeypatch.setattr(camera.cv2, "VideoCapture", FakeCapture)
    return FakeCapture


def read(source):
    frame = None
    while frame is None:
        frame = source.read()
    return frame


def test_pictures_are_rgb(capture):
    capture.image = np.full((6, 8, 3), (10, 20, 30), np.uint8)  # blue, green, red
    source = CameraSource(0, watching=QUICK)
    frame = read(source)
    np.testing.assert_array_equal(frame.image[3, 3], [30, 20, 10])
    assert frame.image.flags.c_contiguous
    assert source.info.rate_hz == 25
    assert source.info.uri == "camera:0"
    source.close()
    assert capture.made[0].released.wait(1)


def test_grey_cameras_are_rgb_too(capture, monkeypatch):
    monkeypatch.setattr(capture, "image", np.full((6, 8), 77, np.uint8))
    source = CameraSource(0, watching=QUICK)
    np.testing.assert_array_equal(read(source).image[3, 3], [77, 77, 77])
    source.close()


def test_the_driver_keeps_no_old_pictures_and_large_ones_come_compressed(capture):
    for size, compressed in [((640, 480), False), ((1280, 720), True), (None, False)]:
        source = CameraSource(1, size, rate=60, watching=QUICK)
        asked = capture.made[-1].properties
        assert asked[cv2.CAP_PROP_BUFFERSIZE] == 1
        assert asked[cv2.CAP_PROP_FPS] == 60
        assert (asked.get(cv2.CAP_PROP_FOURCC) == cv2.VideoWriter.fourcc(*"MJPG")) == compressed
        assert size is None or (asked[cv2.CAP_PROP_FRAME_WIDTH], asked[cv2.CAP_PROP_FRAME_HEIGHT]) == size
        source.close()


def test_a_camera_that_is_not_there_is_said(capture):
    capture.present = False
    with pytest.raises(SourceError, match="Camera 3 cannot be opened"):
        CameraSource(3, watching=QUICK)
    assert capture.made[0].released.is_set()


def test_an_unplugged_camera_is_noticed_and_taken_up_again(capture):
    source = CameraSource(0, watching=QUICK)
    read(source)
    capture.present = False
    while source.notice is None:
        source.read()
    assert source.notice == "Camera 0 stopped responding. Reconnecting…"
    capture.present = True
    read(source)
    assert source.notice is None
    source.close()


def test_cameras_are_listed_by_name_in_order_and_not_switched_on(capture, monkeypatch):
    import cv2_enumerate_cameras
    from cv2_enumerate_cameras.camera_info import CameraInfo as Found

    found = [Found(2, "Desk", "/dev/video2", 1, 2, 0), Found(0, "Face & lid", "/dev/video0", 1, 2, 0)]
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", lambda backend: found)
    assert list_cameras() == [CameraInfo(0, "Face & lid", "/dev/video0"), CameraInfo(2, "Desk", "/dev/video2")]
    assert capture.made == []
    source = CameraSource(2, watching=QUICK)
    assert source.info.name == "Desk"
    source.close()


def test_a_system_without_a_list_of_cameras_has_none(monkeypatch):
    import cv2_enumerate_cameras

    def refuse(backend):
        raise NotImplementedError

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", refuse)
    assert list_cameras() == []


@pytest.mark.parametrize("imports", ["motionapp._cv2", "motionapp.camera; motionapp.camera.list_cameras()"])
def test_importing_opencv_leaves_qt_alone_and_uses_one_thread(imports):
    code = (
        f"import os, motionapp; import {imports}\n"
        "from motionapp._cv2 import cv2\n"
        "print(os.environ.get('QT_QPA_FONTDIR'), os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'), cv2.getNumThreads())"
    )
    environment = os.environ | {"QT_QPA_FONTDIR": "/mine"}
    environment.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.split() == ["/mine", "None", "1"]
    assert said.stderr == ""
