"""The smallest rtsp camera: one MPEG transport stream over RTP, interleaved in the control connection (RFC 2326)."""

from __future__ import annotations

import contextlib
import itertools
import socketserver
import struct
import threading
from pathlib import Path
from typing import Self

_SESSION = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:track\r\n"
_PACKET = 7 * 188
_TRANSPORT_STREAM = 33


class RtspServer:
    """Play a ``.ts`` file to every client at ``bytes_per_s``, over and over."""

    def __init__(self, clip: Path, bytes_per_s: float) -> None:
        data = clip.read_bytes()
        self._packets = [data[start : start + _PACKET] for start in range(0, len(data), _PACKET)]
        self._pause_s = _PACKET / bytes_per_s
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="rtsp server", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Address of the stream."""
        return f"rtsp://127.0.0.1:{self._server.server_address[1]}/live"

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, ValueError):
                    while self._answer() != "PLAY":
                        pass
                    self._play()

            def _answer(self) -> str:
                lines = []
                while (line := self.rfile.readline().decode().strip()) or not lines:
                    lines.append(line)
                method = lines[0].split()[0]
                fields = dict(line.split(": ", 1) for line in lines[1:])
                extra, body = "", ""
                if method == "DESCRIBE":
                    extra, body = f"Content-Type: application/sdp\r\nContent-Length: {len(_SESSION)}\r\n", _SESSION
                if method == "SETUP":
                    extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
                if method == "OPTIONS":
                    extra = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
                self.wfile.write(f"RTSP/1.0 200 OK\r\nCSeq: {fields['CSeq']}\r\n{extra}\r\n{body}".encode())
                return method

            def _play(self) -> None:
                for number, payload in enumerate(itertools.cycle(server._packets)):
                    if server._stopped.wait(server._pause_s):
                        return
                    head = struct.pack(">BBHII", 0x80, _TRANSPORT_STREAM, number & 0xFFFF, number * 300, 1)
                    self.wfile.write(struct.pack(">cBH", b"$", 0, len(head) + len(payload)) + head + payload)

        return Handler


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
