"""Sources that behave like a camera: frames come at their own rate, whether someone takes them or not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from motionapp._cv2 import cv2
from motionapp.scenes import SceneSource
from motionapp.sources import SourceError, SourceInfo
from motionapp.types import Array, Frame


def rendered(scene: str, width: int, height: int, rate_hz: float, count: int = 60) -> list[Array]:
    """Return pictures of a scene, drawn beforehand and played to and fro, so that drawing costs nothing later."""
    source = SceneSource(scene, width, height, rate_hz, count)
    images = [frame.image for frame in iter(source.read, None)]
    return images + images[-2:0:-1]


class PacedScene:
    """A camera that films a scene, with one frame of its own in store: who comes late gets the newest."""

    def __init__(self, scene: str, rate_hz: float, width: int = 640, height: int = 480) -> None:
        self.info = SourceInfo(scene, f"camera:{scene}", "camera", width, height, rate_hz)
        self._images = rendered(scene, width, height, rate_hz)
        self._began_s = time.monotonic()
        self._closed = threading.Event()
        self._last = -1

    def read(self) -> Frame | None:
        """Wait for the next exposure, which is the moment of capture."""
        elapsed_s = time.monotonic() - self._began_s
        index = max(self._last + 1, int(elapsed_s * self.info.rate_hz))
        due_s = self._began_s + index / self.info.rate_hz
        if self._closed.wait(max(0.0, due_s - time.monotonic())):
            return None
        self._last = index
        return Frame(index, index / self.info.rate_hz, self._images[index % len(self._images)], time.monotonic())

    def seek(self, index: int) -> None:
        """Refuse: what was live is gone."""
        raise SourceError("a live scene cannot be sought")

    def pts(self, index: int) -> float:
        """Return when frame ``index`` is exposed."""
        return index / self.info.rate_hz

    def close(self) -> None:
        """End a waiting read."""
        self._closed.set()


@contextmanager
def mjpeg_server(scene: str, rate_hz: float, width: int = 640, height: int = 480) -> Iterator[str]:
    """Serve a scene as an MJPEG camera on this machine; yields its URL."""
    jpegs = [
        cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()
        for image in rendered(scene, width, height, rate_hz)
    ]
    stop = threading.Event()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            began_s, index = time.monotonic(), 0
            while not stop.wait(max(0.0, began_s + index / rate_hz - time.monotonic())):
                jpeg = jpegs[index % len(jpegs)]
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:  # the viewer has left
                    return
                index += 1

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
