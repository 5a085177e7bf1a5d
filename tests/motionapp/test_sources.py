import os
import socket
import threading
import time

import pytest

from motionapp.sources import SourceError, open_source, regular_file

from .clips import number_in, numbered, write_clip


@pytest.fixture
def listener():
    """A local port that remembers whether anybody knocked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def refused(uri):
    began_s = time.monotonic()
    with pytest.raises(SourceError) as caught:
        open_source(str(uri))
    assert time.monotonic() - began_s < 1
    message = str(caught.value)
    assert "\n" not in message
    assert "Errno" not in message
    return message


def test_a_missing_file_is_named():
    assert refused("no such clip.mp4") == "no such clip.mp4 does not exist."


def test_an_empty_file_is_named(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    assert refused(path) == f"{path} is empty."


def test_a_folder_without_images_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing to see")
    assert refused(tmp_path).startswith(f"{tmp_path} is a folder without images")


@pytest.mark.parametrize("name", ["clip.mp4", "picture.png"])
def test_a_fifo_is_refused_at_once(tmp_path, name):
    path = tmp_path / name
    os.mkfifo(path)
    assert refused(path) == f"{path} is a pipe or a device, not a file."


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_devices_are_refused(path):
    assert refused(path) == f"{path} is a pipe or a device, not a file."


def test_a_link_to_a_fifo_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "clip.mp4").symlink_to(tmp_path / "pipe")
    assert "pipe" in refused(tmp_path / "clip.mp4")


def test_links_to_nowhere_and_in_circles_are_refused(tmp_path):
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nothing")
    (tmp_path / "circle.mp4").symlink_to(tmp_path / "circle.mp4")
    assert "does not exist" in refused(tmp_path / "gone.mp4")
    assert "circle.mp4" in refused(tmp_path / "circle.mp4")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(tmp_path):
    path = tmp_path / "secret.mp4"
    path.write_bytes(b"x")
    path.chmod(0)
    assert refused(path) == f"{path} cannot be read: permission denied."


@pytest.mark.parametrize("path", ["\0", "x" * 5000])
def test_impossible_paths_are_refused(path):
    refused(path)
    with pytest.raises(SourceError):
        regular_file(path)


TEXTS = {
    "text": "hello world\n" * 100,
    "list": "ffconcat version 1.0\nfile {url}\n",
    "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
    "session": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n",
    "manifest": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{url}</BaseURL></MPD>',
    "subtitles": "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_called_mp4_is_refused_and_reaches_no_network(tmp_path, listener, kind):
    port = listener.getsockname()[1]
    path = tmp_path / "clip.mp4"
    path.write_text(TEXTS[kind].format(url=f"http://127.0.0.1:{port}/x.ts", port=port))
    assert refused(path).startswith(f"{path} is not a video that can be read")
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_list_naming_a_good_clip_is_refused(tmp_path):
    write_clip(tmp_path / "good.mp4", times=3)
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile good.mp4\n")
    refused(tmp_path / "list.mp4")


@pytest.mark.parametrize("scheme", ["http", "https", "rtsp", "HTTP"])
def test_network_addresses_as_paths_are_refused_with_the_remedy(listener, scheme):
    message = refused(f"{scheme}://user:secret@127.0.0.1:{listener.getsockname()[1]}/video")
    assert "network:URL" in message
    assert "secret" not in message
    with pytest.raises(BlockingIOError):
        listener.accept()


PROTOCOL_STRINGS = [
    *("concat:a.mp4|b.mp4", "pipe:0", "pipe:", "subfile,,start,0,end,0,,:a.mp4", "file:a.mp4", "lavfi:testsrc"),
    *("data:video/mp4;base64,AA", "tcp://127.0.0.1:1", "async:a.mp4", "crypto:a.mp4", "unix:x"),
]


@pytest.mark.parametrize("uri", PROTOCOL_STRINGS)
def test_protocol_strings_are_refused(uri):
    message = refused(uri)
    assert "is an address, not a file" in message or "does not exist" in message


def test_a_file_whose_name_looks_like_an_address_is_just_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "lecture.mp4", times=3)
    (tmp_path / "lecture.mp4").rename("concat:lecture.mp4")
    source = open_source("concat:lecture.mp4")
    assert source.info.frame_count == 3
    source.close()


@pytest.mark.parametrize("uri", ["camera:", "camera:x", "camera:-1", "camera:1.5"])
def test_a_camera_is_a_number(uri):
    assert "camera:0" in refused(uri)


def test_an_unknown_scene_lists_those_there_are():
    message = refused("scene:elephants")
    assert "elephants" in message
    assert "moving-arm" in message
    assert "still" in message
    assert "trembling" in message


def test_scenes_videos_images_and_folders_open(tmp_path):
    from motionapp._cv2 import cv2

    write_clip(tmp_path / "clip.mkv", times=3)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4):
        cv2.imwrite(str(folder / f"p{number}.PNG"), numbered(number))
    cases = {
        "scene:still": ("scene", None),
        str(tmp_path / "clip.mkv"): ("video", 3),
        str(folder / "p2.PNG"): ("images", 1),
        str(folder): ("images", 4),
    }
    for uri, (kind, count) in cases.items():
        source = open_source(uri)
        assert source.info.kind == kind
        assert count is None or source.info.frame_count == count
        frame = source.read()
        assert frame.index == 0
        assert frame.image.flags.c_contiguous
        assert frame.image.dtype == "uint8"
        source.close()
        source.close()
    assert number_in(open_source(str(folder / "p2.PNG")).read().image) == 2


def test_no_thread_is_left_behind(tmp_path):
    before = threading.active_count()
    write_clip(tmp_path / "clip.mp4", times=3)
    source = open_source(str(tmp_path / "clip.mp4"))
    source.read()
    source.close()
    assert threading.active_count() == before
