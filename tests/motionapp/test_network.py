import http.server
import socket
import threading
import time
import traceback

import pytest

from motionapp.network import NetworkSource, shown_address
from motionapp.sources import SourceError, open_source
from motionapp.watched import Watching

from .clips import number_in, write_clip
from .mjpeg import MjpegServer
from .rtsp import RtspServer

QUICK = Watching(open_s=5.0, stall_s=0.3, wait_s=0.05, pause_s=0.05)


def read(source, timeout_s=10.0):
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        frame = source.read()
        if frame is not None:
            return frame
    raise AssertionError(f"no frame within {timeout_s} s; notice: {source.notice}")


def wait_for_notice(source, timeout_s=10.0):
    deadline_s = time.monotonic() + timeout_s
    while source.notice is None and time.monotonic() < deadline_s:
        source.read()
    return source.notice


def test_motion_jpeg_arrives_in_order_and_at_once():
    with MjpegServer(rate_hz=100) as server:
        source = open_source(f"network:{server.url}")
        frames = [read(source) for _ in range(40)]
        source.close()
    numbers = [number_in(frame.image) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert (source.info.kind, source.info.width, source.info.height) == ("network", 64, 48)
    assert source.info.name == server.url
    delays_s = [frame.captured_s - server.sent[number] for frame, number in zip(frames, numbers)]
    assert sorted(delays_s)[20] < 0.05
    assert frames[-1].pts_s - frames[0].pts_s == pytest.approx((numbers[-1] - numbers[0]) / 100, abs=0.1)
    assert frames[-1].image.flags.c_contiguous


def test_a_reader_that_is_slow_sees_the_present():
    with MjpegServer(rate_hz=100) as server:
        source = NetworkSource(server.url, QUICK)
        read(source)
        threading.Event().wait(0.3)
        read(source)  # one picture may have waited
        newest = max(server.sent)
        assert number_in(read(source).image) >= newest - 5
        source.close()


def test_a_stall_is_noticed_and_the_stream_taken_up_again():
    with MjpegServer(rate_hz=100) as server:
        source = NetworkSource(server.url, QUICK)
        read(source)
        server.stall()
        assert wait_for_notice(source) == f"{server.url} stopped responding. Reconnecting…"
        server.go_on()
        read(source)
        assert source.notice is None
        source.close()


def test_a_server_that_goes_and_returns_is_taken_up_again():
    with MjpegServer(rate_hz=100) as server:
        source = NetworkSource(server.url, QUICK)
        before = read(source)
        server.stop()
        assert "Reconnecting…" in wait_for_notice(source)
        server.start()
        after = read(source)
        assert source.notice is None
        assert server.connections >= 2
        assert after.index > before.index
        assert number_in(after.image) > number_in(before.image)
        source.close()


def test_rtsp_is_read(tmp_path):
    write_clip(tmp_path / "a.ts", times=200, options={"g": "10", "bf": "0", "tune": "zerolatency"})
    size = (tmp_path / "a.ts").stat().st_size
    with RtspServer(tmp_path / "a.ts", bytes_per_s=size / 2) as server:
        source = NetworkSource(server.url, QUICK._replace(stall_s=2.0))
        numbers = [number_in(read(source).image) for _ in range(30)]
        source.close()
    assert source.info.kind == "network"
    assert numbers == sorted(set(numbers))


def test_a_video_behind_http_plays_at_its_own_pace(tmp_path):
    write_clip(tmp_path / "a.mkv", times=30, rate=30)
    data = (tmp_path / "a.mkv").read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        source = NetworkSource(f"http://127.0.0.1:{server.server_address[1]}/a.mkv", QUICK)
        began_s = time.monotonic()
        frames = [read(source) for _ in range(15)]
        assert 0.3 < time.monotonic() - began_s < 3
        for frame in frames:
            assert frame.pts_s == pytest.approx(number_in(frame.image) / 30, abs=0.02)
        source.close()
        server.shutdown()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "video",
        "ftp://host/a",
        "file:///etc/passwd",
        "concat:a|b",
        "http://",
        "http://[::1",
        "http://host:x/",
        "rtsp:a",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(SourceError, match="starts with http://, https:// or rtsp://"):
        open_source(f"network:{url}")


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_there_is_said_without_user_password_and_key(scheme):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"{scheme}://anna:secret@127.0.0.1:{port}/video?key=hidden"
    with pytest.raises(SourceError) as caught:
        NetworkSource(url)
    assert str(caught.value) == f"{scheme}://127.0.0.1:{port}/video cannot be opened: connection refused."
    whole = "".join(traceback.format_exception(caught.value))
    assert "secret" not in whole
    assert "hidden" not in whole


def test_addresses_are_shown_without_secrets():
    assert shown_address("rtsp://u:p@cam.local:554/a/b?token=x#y") == "rtsp://cam.local:554/a/b"
    assert shown_address(" http://u@[::1]:80/ ") == "http://[::1]:80/"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"", "user name or password"),
        (404, b"", "not found"),
        (200, b"hello", "cannot be opened"),
        (200, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "cannot be opened"),
        (200, b"ffconcat version 1.0\nfile /etc/passwd\n", "cannot be opened"),
        (302, b"file:///etc/passwd", "cannot be opened"),
    ],
)
def test_servers_that_send_no_pictures_are_refused(status, body, said):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with pytest.raises(SourceError, match=said):
            NetworkSource(f"http://127.0.0.1:{server.server_address[1]}/a")
        server.shutdown()


def test_a_server_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began_s = time.monotonic()
        with pytest.raises(SourceError, match=r"did not answer|does not answer"):
            NetworkSource(f"http://127.0.0.1:{silent.getsockname()[1]}/", QUICK._replace(open_s=0.5))
        assert time.monotonic() - began_s < 2
