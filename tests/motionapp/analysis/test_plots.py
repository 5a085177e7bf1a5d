"""Pictures of a run: all there, the same every time, whatever the numbers and names are."""

import csv
import math
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest

from motionapp.analysis import curves as curves_module
from motionapp.analysis.curves import read_curves
from motionapp.analysis.figures import Labels, scale_end
from motionapp.analysis.measuring import Measurer, cells, columns
from motionapp.analysis.plots import NAMES, write_plots
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.analysis.summary import Summary
from motionapp.types import MotionError

from .flows import motion_of, random_flow


def analysed(count=6, shape=(20, 30), recipe=None, dt_s=0.04):
    """Return rows and summary of so many motions."""
    recipe = recipe or Recipe()
    measurer, summary, rows = Measurer(recipe, *shape), Summary(*shape), []
    for k in range(count):
        motion = motion_of(*random_flow(shape, k), dt_s=dt_s, pts_s=0.04 * (k + 1))
        rows += measurer.rows(motion, k + 1)
        summary.add(motion, motion.frame.pts_s)
    return rows, summary


def as_csv(path, rows, recipe):
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(columns(recipe))
        lines.writerows(["" if value != value else value for value in cells(row, recipe)] for row in rows)
    return path


def test_all_pictures_are_written_with_names_and_resolution(tmp_path):
    rows, summary = analysed()
    paths = write_plots(rows, summary, tmp_path / "clip_motion", Labels("clip.mp4"))
    assert [path.name for path in paths] == [f"clip_motion_{name}.png" for name in NAMES]
    for path in paths:
        picture = cv2.imread(str(path))
        assert picture.shape[0] > 300
        assert picture.shape[1] > 500
        assert picture.std() > 10
        assert b"pHYs\x00\x00\x17\x12\x00\x00\x17\x12" in path.read_bytes()[:200]  # 5906 px/m: 150 dpi


def test_existing_pictures_are_replaced_only_if_asked(tmp_path):
    rows, summary = analysed(2)
    some = {"names": ["over-time", "heat"]}
    first = [path.read_bytes() for path in write_plots(rows, summary, tmp_path / "a", Labels("a"), **some)]
    with pytest.raises(MotionError, match=r"a_over-time\.png exists"):
        write_plots(rows, summary, tmp_path / "a", Labels("a"), **some)
    again = write_plots(rows, summary, tmp_path / "a", Labels("a"), overwrite=True, **some)
    assert [path.read_bytes() for path in again] == first


def test_every_picture_shows_something(tmp_path):
    rows, summary = analysed(3)
    paths = write_plots(rows, summary, tmp_path / "a", Labels("a", "camera motion (median) taken out"))
    assert [path.name for path in paths] == [f"a_{name}.png" for name in NAMES]
    for path in paths:
        assert cv2.imread(str(path)).std() > 10


def test_a_frame_measured_between_others_that_are_not_is_seen(tmp_path):
    rows, summary = analysed(9)
    dark = [row if row.frame == 5 else replace(row, mean_px_s=math.nan, p95_px_s=math.nan) for row in rows]
    pictures = []
    for name, shown in (("one", dark), ("none", [row for row in dark if row.frame != 5])):
        (path,) = write_plots(shown, summary, tmp_path / name, Labels("a"), names=["over-time"])
        pictures.append((np.ptp(cv2.imread(str(path)), axis=2) > 100).sum())
    assert pictures[0] > pictures[1] + 5


@pytest.mark.parametrize(
    "case",
    [
        analysed(2, dt_s=0.0),
        analysed(1, shape=(1, 1)),
        analysed(2, shape=(3, 90)),
        analysed(2, shape=(90, 3)),
        ([], Summary(9, 9)),
    ],
)
def test_little_or_nothing_measured_can_be_drawn(tmp_path, case):
    names = ["over-time", "motiongram-x", "heat", "rose"]
    assert all(path.exists() for path in write_plots(*case, tmp_path / "a", Labels(""), names=names))


def test_any_name_can_be_drawn(tmp_path):
    recipe = Recipe(regions=tuple(Region(name, ((2, 2), (9, 9))) for name in ("_a $x$", "空手", "=1+1", "%s\\n{}")))
    rows, summary = analysed(3, recipe=recipe)
    (path,) = write_plots(rows, summary, tmp_path / "a", Labels("_$^$ 空.mp4", "${"), names=["over-time"])
    assert cv2.imread(str(path)).std() > 5


def test_a_table_gives_the_curves_of_its_rows(tmp_path):
    recipe = Recipe(regions=(Region.parse('odd, "name"=3,3,9,9'),), mm_per_px=0.5)
    rows, _ = analysed(5, recipe=recipe)
    from_rows = read_curves(rows, ("mean_px_s", "curl_per_s"))
    from_file = read_curves(as_csv(tmp_path / "t.csv", rows, recipe), ("mean_px_s", "curl_per_s"))
    assert list(from_rows) == list(from_file) == ["all", 'odd, "name"']
    for region, curve in from_rows.items():
        assert curve.frames == 1
        np.testing.assert_array_equal(curve.time_s, [row.pts_s for row in rows if row.region == region])
        np.testing.assert_array_equal(curve.values["mean_px_s"], [r.mean_px_s for r in rows if r.region == region])
        np.testing.assert_array_equal(curve.time_s, from_file[region].time_s)
        for name, values in curve.values.items():
            np.testing.assert_array_equal(values, from_file[region].values[name])


def test_calibrated_speeds_are_drawn_alike_from_rows_and_from_a_table(tmp_path):
    recipe = Recipe(mm_per_px=0.5)
    rows, summary = analysed(4, recipe=recipe)
    labels = Labels("a", mm_per_px=0.5)
    table = as_csv(tmp_path / "t.csv", rows, recipe)
    one, other = (
        write_plots(source, summary, tmp_path / name, labels, names=["over-time"])[0].read_bytes()
        for name, source in (("rows", rows), ("table", table))
    )
    assert one == other


def test_long_tables_are_averaged(monkeypatch):
    monkeypatch.setattr(curves_module, "MOST_POINTS", 4)
    rows, _ = analysed(11)
    curve = read_curves(rows, ("mean_px_s",))["all"]
    means = [row.mean_px_s for row in rows]
    assert curve.frames == 4
    np.testing.assert_allclose(curve.values["mean_px_s"], [np.mean(means[k : k + 4]) for k in (0, 4, 8)])


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "frame,pts_s,region,mean_px_s\n1,x,all,3\n", "pts_s,region,mean_px_s\n1\n"]
)
def test_a_file_that_is_no_table_is_named(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(MotionError, match=r"t\.csv cannot be read"):
        read_curves(path, ("mean_px_s",))


@pytest.mark.parametrize(
    ("most", "end"), [(0.9, 1.0), (1.0, 1.0), (1.1, 1.2), (26, 30), (99, 100), (7e-4, 8e-4), (0, 1)]
)
def test_scales_end_at_round_numbers(most, end):
    assert scale_end(np.array([[0.0, most], [most, np.nan]])) == pytest.approx(end)


def test_matplotlib_and_h5py_are_imported_only_to_draw_and_to_write():
    code = (
        "import sys, motionapp.analysis.plots, motionapp.analysis.fields;"
        "print([name for name in ('matplotlib', 'h5py', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
