from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from motionapp.analysis.annotated import Annotator, PartWriter, join_parts, mp4_tick
from motionapp.settings import Settings, ViewSettings
from motionapp.types import Frame, Motion, MotionError

from ..clips import number_in, numbered

TICKS = [0, 517, 1024, 1500, 9000, 9001]


def write_part(path, numbers, tick_s=Fraction(1, 15360), size=(64, 48)):
    writer = PartWriter(path, *size, tick_s, 30.0)
    for number in numbers:
        writer.write(numbered(number, *size), 100 + TICKS[number])
    writer.close()
    return path


def shown(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        pictures = list(container.decode(stream))
        times = [picture.pts * stream.time_base for picture in pictures]
        return [number_in(picture.to_ndarray(format="rgb24")) for picture in pictures], times, stream


@pytest.mark.parametrize("tick_s", [Fraction(1, 15360), Fraction(1, 90000), Fraction(1, 1000)])
@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_parts_join_to_an_mp4_with_every_picture_at_its_time(tmp_path, tick_s, size):
    parts = [write_part(tmp_path / f"{first}.nut", range(first, first + 3), tick_s, size) for first in (0, 3)]
    assert join_parts(parts, tmp_path / "chunk.nut", tick_s) == 6
    assert join_parts([tmp_path / "chunk.nut"], tmp_path / "video.mp4", tick_s) == 6
    numbers, times, stream = shown(tmp_path / "video.mp4")
    assert numbers == [0, 1, 2, 3, 4, 5]
    assert times == [tick * tick_s for tick in TICKS]
    assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    assert (stream.width, stream.height) == (64, 48)


def test_the_mp4_plays_while_it_loads(tmp_path):
    join_parts([write_part(tmp_path / "0.nut", range(6))], tmp_path / "video.mp4", Fraction(1, 15360))
    content = (tmp_path / "video.mp4").read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_the_same_pictures_give_the_same_bytes(tmp_path):
    one, two = (write_part(tmp_path / name, range(6)).read_bytes() for name in ("one.nut", "two.nut"))
    assert one == two


@pytest.mark.parametrize(
    ("source", "video"),
    [(Fraction(1, 15360), Fraction(1, 15360)), (Fraction(1001, 30000), Fraction(1, 90000)), (Fraction(1, 24),) * 2],
)
def test_the_unit_of_time_is_the_file_s_where_an_mp4_can_have_it(source, video):
    assert mp4_tick(source) == (video if video.denominator > 24 else Fraction(1, 90000))


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MotionError, match="cannot be written: no such file"):
        write_part(tmp_path / "nowhere" / "0.nut", [0])


def motion(speed_px):
    flow = np.zeros((2, 48, 64), np.float32)
    flow[0] = speed_px
    return Motion(Frame(1, 0.1, numbered(0)), flow, np.ones((48, 64), np.float32), 0.1, Settings())


@pytest.mark.parametrize("mode", ["arrows", "colour", "heat"])
def test_the_scale_is_the_view_s_whatever_was_drawn_before(mode):
    view = replace(ViewSettings(), mode=mode, px_per_px_s=0.2)
    busy, fresh = Annotator(view, side_by_side=False), Annotator(view, side_by_side=False)
    for _ in range(3):
        busy.picture(motion(40.0))
    assert np.array_equal(busy.picture(motion(2.0)), fresh.picture(motion(2.0)))
    assert not np.array_equal(busy.picture(motion(2.0)), numbered(0))


def test_side_by_side_the_picture_itself_stands_to_the_left():
    picture = Annotator(ViewSettings(), side_by_side=True).picture(motion(4.0))
    assert picture.shape == (48, 128, 3)
    assert np.array_equal(picture[:, :64], numbered(0))
    assert not np.array_equal(picture[:, 64:], numbered(0))
