"""A network camera on 127.0.0.1: numbered JPEG pictures as multipart/x-mixed-replace, which can stall and vanish."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import numpy as np

from motionapp._cv2 import cv2

from .clips import numbered


class MjpegServer:
    """Serve pictures at a steady rate; every client gets those of the present.

    Parameters
    ----------
    picture : callable, optional
        Picture of a number, ``(H, W, 3)`` uint8 RGB; the number burnt in by default.
    rate_hz : float
        Pictures per second.
    port : int
        0 for a free one; it stays the same over :meth:`stop` and :meth:`start`.

    Attributes
    ----------
    sent : dict[int, float]
        ``time.monotonic()`` at which each number was first handed to the network.
    connections : int
        How many clients have come so far.
    """

    def __init__(
        self,
        picture: Callable[[int], np.ndarray] = numbered,
        *,
        rate_hz: float = 30.0,
        port: int = 0,
        quality: int = 95,
    ) -> None:
        self._picture, self._rate_hz, self._quality = picture, rate_hz, quality
        self._flowing = threading.Event()
        self._flowing.set()
        self._server: ThreadingHTTPServer | None = None
        self._stopped = threading.Event()
        self._began_s = time.monotonic()
        self.port = port
        self.sent: dict[int, float] = {}
        self.connections = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address of the stream."""
        return f"http://127.0.0.1:{self.port}/video"

    def start(self) -> None:
        """Accept clients, on the same port as before."""
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), self._handler())
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="mjpeg server", daemon=True).start()

    def stop(self) -> None:
        """Hang up on every client and refuse new ones."""
        self._stopped.set()
        self._flowing.set()
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def stall(self) -> None:
        """Send nothing more, but keep the connections open."""
        self._flowing.clear()

    def go_on(self) -> None:
        """Send again after :meth:`stall`."""
        self._flowing.set()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera, stopped = self, self._stopped

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.connections += 1
                with contextlib.suppress(OSError):  # clients leave when they like
                    self.send_response(200)
                    self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                    self.end_headers()
                    while not stopped.is_set():
                        number = camera._wait_for_next(stopped)
                        camera._flowing.wait()
                        self._send(number)

            def _send(self, number: int) -> None:
                image = cv2.cvtColor(camera._picture(number), cv2.COLOR_RGB2BGR)
                jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, camera._quality])[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                camera.sent.setdefault(number, time.monotonic())
                self.wfile.write(head.encode() + jpeg + b"\r\n")

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test's output clean."""

        return Handler

    def _wait_for_next(self, stopped: threading.Event) -> int:
        """Wait for the next tick and return its number."""
        elapsed_s = time.monotonic() - self._began_s
        number = int(elapsed_s * self._rate_hz) + 1
        stopped.wait(number / self._rate_hz - elapsed_s)
        return number


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
