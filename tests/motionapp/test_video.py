import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from motionapp import decoder
from motionapp.packets import open_packets
from motionapp.sources import SourceError
from motionapp.types import MotionError
from motionapp.video import VideoSource, VideoWriter, remux_mp4

from .clips import number_in, numbered, write_clip

B_FRAMES = {"bf": "3", "g": "12"}
OPEN_GOP = {**B_FRAMES, "x264-params": "open-gop=1"}
H265 = {"x265-params": "log-level=none:keyint=12"}
HIDDEN = {"auto-alt-ref": "1", "lag-in-frames": "16", "g": "20"}

IRREGULAR = [i / 30 + i**2 / 100 + i // 10 for i in range(40)]

#: What seeking must survive: name, codec and how it is written.
CLIPS = {
    "b_frames.mp4": ("libx264", {"options": B_FRAMES}),
    "b_frames.mkv": ("libx264", {"options": B_FRAMES}),
    "b_frames.ts": ("libx264", {"options": B_FRAMES}),
    "b_frames.avi": ("libx264", {"options": B_FRAMES}),
    "b_frames.nut": ("libx264", {"options": B_FRAMES}),
    "open_gop.mp4": ("libx264", {"options": OPEN_GOP}),
    "open_gop.ts": ("libx264", {"options": OPEN_GOP}),
    "fragments.mp4": ("libx264", {"options": B_FRAMES, "container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    "hevc.mp4": ("libx265", {"options": H265}),
    "mpeg4.avi": ("mpeg4", {}),
    "mpeg4_b.avi": ("mpeg4", {"options": {"bf": "2", "g": "12"}}),
    "mpeg2.mpg": ("mpeg2video", {"options": {"bf": "2", "g": "12"}, "format": "mpeg", "rate": 25}),
    "motion_jpeg.avi": ("mjpeg", {"pix_fmt": "yuvj420p"}),
    "hidden.webm": ("libvpx", {"options": HIDDEN}),
    "vp9.webm": ("libvpx-vp9", {"options": HIDDEN}),
    "palette.gif": ("gif", {"pix_fmt": "rgb8", "rate": 25}),
    "ten_bit.mkv": ("libx264", {"options": B_FRAMES, "pix_fmt": "yuv420p10le"}),
    "ten_bit.mov": ("prores_ks", {"pix_fmt": "yuv422p10le"}),
    "sixteen_bit.mkv": ("ffv1", {"pix_fmt": "gray16le"}),
    "grey.mkv": ("ffv1", {"pix_fmt": "gray"}),
    "odd.mkv": ("ffv1", {"pix_fmt": "yuv444p", "size": (65, 49)}),
    "tiny.mkv": ("ffv1", {"pix_fmt": "bgr0", "size": (4, 3)}),
    "one.mp4": ("libx264", {"times": 1}),
    "irregular.mp4": (
        "libx264",
        {"options": B_FRAMES, "times": IRREGULAR},
    ),
    "late.mp4": ("libx264", {"options": B_FRAMES, "times": [5 + i / 25 for i in range(30)]}),
    "late.mkv": ("libx264", {"options": B_FRAMES, "times": [5 + i / 25 for i in range(30)]}),
    "late.ts": ("libx264", {"options": B_FRAMES, "times": [5 + i / 25 for i in range(30)]}),
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Return path and times of a clip of the table, written once."""
    folder = tmp_path_factory.mktemp("clips")
    written = {}

    def make(name):
        if name not in written:
            codec, how = CLIPS[name]
            written[name] = write_clip(folder / name, codec, **how)
        return folder / name, written[name]

    return make


def read_all(source):
    return list(iter(source.read, None))


@pytest.mark.parametrize("name", CLIPS)
def test_every_frame_comes_in_order_at_its_exact_time(clip, name):
    path, times = clip(name)
    source = VideoSource(path)
    frames = read_all(source)
    assert [number_in(frame.image) for frame in frames] == list(range(len(times)))
    assert [frame.index for frame in frames] == list(range(len(times)))
    assert source.info.frame_count == len(times)
    assert source.notice is None
    for frame, time_s in zip(frames, times):
        assert frame.pts_s == source.pts(frame.index) == pytest.approx(time_s - times[0], abs=1e-3)
        assert frame.image.shape == (source.info.height, source.info.width, 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
    assert source.read() is None
    source.close()


@pytest.mark.parametrize(
    ("name", "kept"),
    [*((name, 0) for name in CLIPS), *((name, 40_000) for name in ("b_frames.mp4", "b_frames.avi", "open_gop.ts"))],
)
def test_no_seek_of_a_hundred_is_wrong(clip, name, kept, monkeypatch):
    monkeypatch.setattr(decoder, "_KEPT_BYTES", kept)
    path, times = clip(name)
    source = VideoSource(path)
    draw = random.Random(name)
    wrong = 0
    for _ in range(100):
        index = draw.randrange(len(times))
        source.seek(index)
        for expected in range(index, min(index + draw.choice([1, 1, 2, 3]), len(times))):
            frame = source.read()
            wrong += frame is None or number_in(frame.image) != expected or frame.index != expected
    assert wrong == 0
    source.close()


def test_stepping_backwards_decodes_each_group_of_pictures_once(tmp_path, monkeypatch):
    write_clip(tmp_path / "a.mp4", times=60, options={"g": "60"})
    source = VideoSource(tmp_path / "a.mp4")
    jumps = []
    jump = decoder.Decoder._jump
    monkeypatch.setattr(decoder.Decoder, "_jump", lambda self, index: (jumps.append(index), jump(self, index)))
    for index in range(59, -1, -1):
        source.seek(index)
        assert number_in(source.read().image) == index
    assert len(jumps) <= 2


def test_frames_that_are_kept_keep_no_threads(clip):
    path, times = clip("b_frames.mp4")
    source = VideoSource(path)
    source.read()
    before = psutil.Process().num_threads()
    for _ in times[1:]:
        source.read()
    assert psutil.Process().num_threads() <= before + 1
    source.close()


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_rotation_metadata_turns_the_picture_upright(tmp_path, degrees):
    write_clip(tmp_path / "a.mp4", times=5, rotation=degrees)
    source = VideoSource(tmp_path / "a.mp4")
    frames = read_all(source)
    assert (source.info.width, source.info.height) == ((64, 48) if degrees == 180 else (48, 64))
    for number, frame in enumerate(frames):
        assert frame.image.shape == (source.info.height, source.info.width, 3)
        assert frame.image.flags.c_contiguous
        assert number_in(np.rot90(frame.image, -degrees // 90)) == number


def test_an_edit_list_is_kept(tmp_path):
    """Frames before an edit are in the file but not in the film."""
    write_clip(tmp_path / "whole.mp4", times=40, options={"bf": "0", "g": "40"})
    data = bytearray((tmp_path / "whole.mp4").read_bytes())
    entry = data.index(b"elst") + 12  # version, flags and count; then duration, media time, rate
    timescale = 90000
    data[entry + 4 : entry + 8] = (10 * timescale // 30).to_bytes(4, "big")
    (tmp_path / "cut.mp4").write_bytes(data)
    source = VideoSource(tmp_path / "cut.mp4")
    frames = read_all(source)
    assert [number_in(frame.image) for frame in frames] == list(range(10, 40))
    assert [frame.index for frame in frames] == list(range(30))
    assert frames[0].pts_s == 0
    assert source.notice is None
    source.seek(17)
    assert number_in(source.read().image) == 27


def test_colours_come_out_as_they_went_in(tmp_path):
    colours = np.array([[200, 30, 30], [30, 200, 30], [30, 30, 200], [128, 128, 128]], np.uint8)
    image = np.repeat(np.repeat(colours[None], 48, axis=0), 16, axis=1)
    writer = VideoWriter(tmp_path / "a.mkv", 64, 48, 30)
    writer.write(image, 0.0)
    read = VideoSource(writer.close()).read().image
    np.testing.assert_allclose(read[24, 8::16], colours, atol=6)


def truncate(path, share, name=None):
    data = path.read_bytes()
    cut = path.with_name(name or f"cut_{path.name}")
    cut.write_bytes(data[: int(len(data) * share)])
    return cut


NOISY = {
    "avi": ("mpeg4", {}),
    "mkv": ("libx264", {}),
    "mp4": ("libx264", {"container_options": {"movflags": "faststart"}}),
}


@pytest.mark.parametrize("suffix", NOISY)
@pytest.mark.parametrize("share", [0.5, 0.66, 0.9])
def test_a_cut_file_gives_what_it_has_and_says_so(tmp_path, suffix, share):
    codec, how = NOISY[suffix]
    whole = tmp_path / f"a.{suffix}"
    write_clip(whole, codec, times=60, size=(320, 240), **how)
    source = VideoSource(truncate(whole, share))
    frames = read_all(source)
    assert 0 < len(frames) < 60
    assert [number_in(frame.image) for frame in frames] == [round(frame.pts_s * 30) for frame in frames]
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert source.notice == f"cut_a.{suffix}: {len(frames)} of 60 frames could be read: the file is cut short."
    source.seek(0)
    assert number_in(source.read().image) == 0


def test_whole_files_are_not_called_cut_short(clip):
    for name in CLIPS:
        path, _ = clip(name)
        source = VideoSource(path)
        assert source.notice is None, name
        source.close()


def damaged(path, numbers):
    """Write 20 pictures, those of ``numbers`` blotted out."""
    write_clip(path, "mjpeg", times=20, pix_fmt="yuvj420p")
    container, stream = open_packets(path)
    packets = [packet for packet in container.demux(stream) if packet.size]
    container.close()
    data = bytearray(path.read_bytes())
    for number in numbers:
        start = data.index(bytes(packets[number])[:4], packets[number].pos)
        data[start : start + packets[number].size] = bytes(packets[number].size)
    path.write_bytes(data)
    return path


def test_damage_in_the_middle_is_passed_over(tmp_path):
    frames = read_all(VideoSource(damaged(tmp_path / "a.avi", [11])))
    assert [frame.index for frame in frames] == [i for i in range(20) if i != 11]
    assert all(number_in(frame.image) == frame.index for frame in frames)


def test_a_damaged_end_is_announced(tmp_path):
    source = VideoSource(damaged(tmp_path / "a.avi", range(15, 20)))
    assert len(read_all(source)) == 15
    assert source.notice == "a.avi: 15 of 20 frames could be read: the rest is damaged."
    source.seek(19)
    assert source.read() is None
    source.seek(14)
    assert number_in(source.read().image) == 14


def test_a_file_of_damage_alone_is_refused(tmp_path):
    with pytest.raises(SourceError, match="holds no picture that can be read"):
        VideoSource(damaged(tmp_path / "a.avi", range(20)))


@pytest.mark.parametrize("name", ["sound.mp4", "sound.mkv"])
def test_a_file_with_sound_alone_is_refused(tmp_path, name):
    with av.open(str(tmp_path / name), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(SourceError, match="holds no pictures"):
        VideoSource(tmp_path / name)


def test_pictures_beyond_the_limit_are_refused(tmp_path):
    write_clip(tmp_path / "wide.mkv", "ffv1", times=1, size=(8200, 2), pix_fmt="gray")
    with pytest.raises(SourceError, match=r"wide\.mkv is too large: 8200×2"):
        VideoSource(tmp_path / "wide.mkv")


def test_four_thousand_pixels_wide_is_fine(tmp_path):
    write_clip(tmp_path / "uhd.mkv", times=2, size=(3840, 2160), options={"preset": "ultrafast"})
    assert [number_in(frame.image) for frame in read_all(VideoSource(tmp_path / "uhd.mkv"))] == [0, 1]


def test_seeking_is_clipped_and_closing_twice_is_fine(tmp_path):
    write_clip(tmp_path / "a.mp4", times=5)
    source = VideoSource(tmp_path / "a.mp4")
    source.seek(99)
    assert source.read() is None
    source.seek(-3)
    assert source.read().index == 0
    source.close()
    source.close()


def test_times_can_be_asked_for_after_closing(tmp_path):
    write_clip(tmp_path / "a.mp4", times=5)
    source = VideoSource(tmp_path / "a.mp4")
    tick_s, times_s = source.tick_s, [source.pts(index) for index in range(5)]
    source.close()
    assert source.tick_s == tick_s > 0
    assert [source.pts(index) for index in range(5)] == times_s


CLIP_FOLDER = Path(__file__).parents[3] / "shared" / "data" / "clips"
FRAMES = {
    "arm_wrestling.mp4": 280,
    "carphone.mp4": 120,
    "exercise.avi": 393,
    "pancake.mkv": 310,
    "waving_arms.mp4": 125,
}


@pytest.mark.skipif(not CLIP_FOLDER.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize("name", FRAMES)
def test_real_clips_are_read_whole_and_sought_exactly(name):
    source = VideoSource(CLIP_FOLDER / name)
    looks = []
    while (frame := source.read()) is not None:
        assert frame.index == len(looks)
        looks.append(int(frame.image[::8, ::8].astype(np.int64).sum()))
    assert len(looks) == FRAMES[name] == source.info.frame_count
    assert source.notice is None
    draw = random.Random(1)
    for index in [draw.randrange(len(looks)) for _ in range(10)]:
        source.seek(index)
        assert int(source.read().image[::8, ::8].astype(np.int64).sum()) == looks[index]
    source.close()


# --- the writer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_what_is_written_comes_back_at_its_time(tmp_path, suffix):
    times = [0.0, 0.033, 0.034, 0.5, 2.0, 2.04]
    writer = VideoWriter(tmp_path / "new" / f"a{suffix}", 64, 48, 30)
    for number, time_s in enumerate(times):
        writer.write(numbered(number), time_s)
    path = writer.close()
    assert path == writer.close() == tmp_path / "new" / f"a{suffix}"
    frames = read_all(VideoSource(path))
    assert [number_in(frame.image) for frame in frames] == list(range(6))
    assert [frame.pts_s for frame in frames] == pytest.approx(times, abs=6e-4)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (17, 3), (65, 49), (64, 49)])
def test_odd_sizes_gain_a_copy_of_the_last_row_or_column(tmp_path, width, height):
    writer = VideoWriter(tmp_path / "a.mkv", width, height, 30)
    image = np.zeros((height, width, 3), np.uint8)
    image[-1], image[:, -1] = 220, 220
    writer.write(image, 0)
    read = VideoSource(writer.close()).read().image
    assert read.shape == (height + height % 2, width + width % 2, 3)
    assert abs(int(read[-1, -1, 0]) - 220) < 12


def test_nothing_is_ever_overwritten(tmp_path):
    (tmp_path / "a.mkv").write_text("mine")
    (tmp_path / "a-2.part.mkv").write_text("mine too")
    writers = [VideoWriter(tmp_path / "a.mkv", 64, 48, 30) for _ in range(2)]
    for writer in writers:
        writer.write(numbered(1), 0)
    assert [writer.close().name for writer in writers] == ["a-3.mkv", "a-4.mkv"]
    assert (tmp_path / "a.mkv").read_text() == "mine"
    assert (tmp_path / "a-2.part.mkv").read_text() == "mine too"
    assert remux_mp4(tmp_path / "a-3.mkv", tmp_path / "a.mp4").name == "a.mp4"
    assert remux_mp4(tmp_path / "a-3.mkv", tmp_path / "a.mp4").name == "a-2.mp4"


MISUSE = {
    "grey": np.zeros((48, 64), np.uint8),
    "turned": np.zeros((64, 48, 3), np.uint8),
    "float": np.zeros((48, 64, 3), np.float32),
    "alpha": np.zeros((48, 64, 4), np.uint8),
}


@pytest.mark.parametrize("kind", MISUSE)
def test_images_not_as_announced_are_refused(tmp_path, kind):
    writer = VideoWriter(tmp_path / "a.mkv", 64, 48, 30)
    writer.write(numbered(0), 0)
    with pytest.raises(ValueError, match="image must be"):
        writer.write(MISUSE[kind], 1)
    writer.write(numbered(1), 1)
    assert VideoSource(writer.close()).info.frame_count == 2


@pytest.mark.parametrize("time_s", [1.0, 0.5, 1.0002, -1.0])
def test_times_must_increase(tmp_path, time_s):
    writer = VideoWriter(tmp_path / "a.mkv", 64, 48, 30)
    writer.write(numbered(0), 1.0)
    with pytest.raises(ValueError, match="pts_s must increase"):
        writer.write(numbered(1), time_s)
    writer.close()


@pytest.mark.parametrize(
    ("name", "width", "height"), [("a.avi", 64, 48), ("a", 64, 48), ("a.mkv", 0, 48), ("a.mkv", 64, -1)]
)
def test_impossible_files_are_refused_before_anything_is_made(tmp_path, name, width, height):
    with pytest.raises(ValueError, match="must"):
        VideoWriter(tmp_path / name, width, height, 30)
    assert not list(tmp_path.iterdir())


def test_a_missing_encoder_is_said_before_recording_and_leaves_nothing(tmp_path, monkeypatch):
    def missing(*args, **kwargs):
        raise av.error.EncoderNotFoundError(1, "Encoder not found")

    monkeypatch.setattr(av.container.OutputContainer, "add_stream", missing, raising=False)
    monkeypatch.setattr(
        "motionapp.video.av.open", lambda *a, **k: type("C", (), {"add_stream": missing, "close": id})()
    )
    with pytest.raises(MotionError, match="cannot be recorded"):
        VideoWriter(tmp_path / "a.mkv", 64, 48, 30)
    assert not list(tmp_path.iterdir())


def test_a_recording_without_frames_leaves_nothing(tmp_path):
    writer = VideoWriter(tmp_path / "a.mkv", 64, 48, 30)
    with pytest.raises(MotionError, match="no frame was recorded"):
        writer.close()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MotionError, match="cannot be written: "):
        VideoWriter(tmp_path / "file" / "a.mkv", 64, 48, 30)


FULL_DISK = """
import resource, sys, time
import numpy as np
from motionapp.types import MotionError
from motionapp.video import VideoWriter

resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
writer = VideoWriter(sys.argv[1], 64, 48, 30)
noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
try:
    for number in range(1000):
        writer.write(np.roll(noise, number * 7, 1), number / 30)
except MotionError as error:
    print(number, error)
try:
    writer.close()
except MotionError as error:
    print("close", error)
"""


def test_a_full_disk_is_said_at_once_and_what_was_written_can_be_read(tmp_path):
    """A limit on the file's size stands in for the disk: the same error at the same place."""
    path = tmp_path / "a.mkv"
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    assert "Recording stopped: file too large. What was recorded is in" in said[0]
    assert "Recording stopped" in said[1]
    written = int(said[0].split()[0])
    source = VideoSource(tmp_path / "a.part.mkv")
    assert written - 30 <= len(read_all(source)) <= written
    assert written > 5


def test_decoding_at_vga_size_keeps_up_with_two_hundred_frames_a_second(tmp_path):
    writer = VideoWriter(tmp_path / "a.mkv", 640, 480, 30)
    for number in range(100):
        writer.write(numbered(number, 640, 480), number / 30)
    source = VideoSource(writer.close())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    began_s = time.perf_counter()
    frames = sum(1 for _ in iter(source.read, None))
    spent_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime - usage.ru_utime
    assert frames / min(time.perf_counter() - began_s, spent_s) > 200
