"""Time and memory against size: what is measured, the slope, and the command on tiny sizes."""

import json
import mmap
from pathlib import Path

import numpy as np
import pytest

from benchmarks import cost, growth
from benchmarks.cost import Cost, forget_peak, frames, measure, memory_mb
from benchmarks.sizes import main, slope, slopes, table
from motionapp.images import read_image
from motionapp.types import MotionError

SIZES = [(320, 240), (640, 480), (1280, 960)]


def costs(power, preset="live", sizes=SIZES):
    """Costs whose time grows with pixels to a power."""
    return [
        Cost(preset, width, height, (1e9, 1e-5 * (width * height) ** power, 0.0), 100.0, 150.0)
        for width, height in sizes
    ]


@pytest.mark.parametrize("power", [0.0, 0.9, 1.0])
def test_slope_is_the_power_that_time_grows_with(power):
    assert slope(costs(power)) == pytest.approx(power)


def test_slope_needs_two_sizes_and_leaves_small_ones_out():
    quick = Cost("live", 32, 24, (1e-9,), 0.0, 0.0)
    assert slopes([quick, *costs(1.0)])["from 640×480"] == pytest.approx(1.0)
    assert slope(costs(1.0)[:1]) is None
    assert slope(costs(1.0, sizes=[(320, 240), (240, 320)])) is None
    assert slopes(costs(1.0, sizes=[(32, 24), (64, 48)]))["from 640×480"] is None


@pytest.mark.parametrize("size", [(40, 30), (700, 500)])  # within one tile of the texture, and beyond
def test_frames_are_rgb_and_slide_to_the_right_and_down(size):
    width, height = size
    first, second, third = frames(width, height, 3)
    assert [frame.index for frame in (first, second, third)] == [0, 1, 2]
    assert first.pts_s < second.pts_s < third.pts_s
    for one, two in ((first, second), (second, third)):
        assert two.image.shape == (height, width, 3)
        assert two.image.dtype == np.uint8
        assert two.image.flags.c_contiguous
        np.testing.assert_array_equal(two.image[2:, 3:], one.image[:-2, :-3])
    assert first.image.std() > 20


def test_what_is_timed_are_steps_that_have_a_field_to_start_from(monkeypatch):
    steps = []

    class Watched(cost.MotionEstimator):
        def step(self, frame):
            steps.append((frame.index, self._field is not None))
            return super().step(frame)

    monkeypatch.setattr(cost, "MotionEstimator", Watched)
    one = measure("live", 64, 48, 4, 1)
    assert (one.preset, one.width, one.height, one.pixels) == ("live", 64, 48, 64 * 48)
    assert len(one.times_ms) == 4
    assert steps[-4:] == [(index, True) for index in range(3, 7)]
    assert one.peak_mb >= one.before_mb > 0


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux can forget a peak")
def test_a_peak_holds_what_was_given_back_until_it_is_forgotten():
    forget_peak()
    before, _ = memory_mb()
    with mmap.mmap(-1, 2**26) as ballast:  # NumPy might find room in what other tests have freed
        ballast.write(b"1" * len(ballast))
    now, peak = memory_mb()
    assert peak > before + 60
    assert now < before + 10
    forget_peak()
    assert memory_mb()[1] < before + 10


def test_command(tmp_path, capsys):
    file = tmp_path / "sizes.json"
    sizes = ["--sizes", "64x48,32x24,64x48", "--steps", "2", "--workers", "1"]
    assert main(["--presets", "live", *sizes, "--json", str(file)]) == 0
    head, _, _, blank, name, columns, rule, *rows, last = capsys.readouterr().out.splitlines()
    assert head.startswith("2 frames of each size, 1 thread")
    assert (blank, name) == ("", "live")
    assert columns.split()[:3] == ["size", "Mpx", "ms"]
    assert [row.split()[0] for row in rows] == ["32×24", "64×48"]
    assert len({len(line) for line in (columns, rule, *rows)}) == 1
    assert last.endswith("from 640×480 – (1 = linear)")
    result = json.loads(file.read_text())
    assert (result["conditions"]["workers"], result["conditions"]["steps"]) == (1, 2)
    assert result["presets"]["live"]["slopes"]["from 640×480"] is None
    small, large = result["presets"]["live"]["sizes"]
    assert (small["width"], large["height"]) == (32, 48)
    assert len(large["times_ms"]) == 2
    assert large["own_mb"] == pytest.approx(large["peak_mb"] - large["before_mb"])


def test_table_tells_time_per_pixel_and_memory():
    row = table([Cost("live", 1000, 500, (4.0, 5.0, 60.0), 100.4, 150.2)]).splitlines()[3]
    assert row.split() == ["1000×500", "0.50", "5.0", "4.0", "10.0", "100", "150", "50"]


@pytest.mark.usefixtures("qapp")
def test_the_picture_is_white_with_blue_points(tmp_path):
    curves = [costs(1.0), [Cost("accurate", 640, 480, (80.0,), 0.0, 0.0)]]
    growth.draw(curves, 640 * 480, "a test <of> text", tmp_path / "plot.png")
    picture = read_image(tmp_path / "plot.png")
    assert (picture == 255).all(axis=2).mean() > 0.8
    assert np.count_nonzero((picture == (0x2A, 0x6D, 0xF4)).all(axis=2)) > 200


@pytest.mark.usefixtures("qapp")
def test_a_single_size_can_be_drawn(tmp_path):
    growth.draw([costs(1.0)[:1]], 640 * 480, "", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").exists()


def test_a_process_that_dies_is_an_error_in_one_line(capsys, monkeypatch):
    def dies(preset, *_size):
        raise MotionError(f"{preset}: the process died")

    monkeypatch.setattr("benchmarks.sizes.measure_alone", dies)
    assert main(["--sizes", "32x24"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "live: the process died"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--presets", "magic"],
        ["--sizes", "32"],
        ["--sizes", "0x24"],
        ["--sizes", ""],
        ["--steps", "0"],
        ["--json", "none/a.json"],
    ],
)
def test_options_that_cannot_be_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err
