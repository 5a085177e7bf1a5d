"""Results opened again: what is read, what is refused, what belongs to them."""

import json

import numpy as np
import pytest

from motionapp.analysis.measuring import columns
from motionapp.analysis.opened import column_label, open_results
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.table import TableWriter
from motionapp.types import MotionError

HEADER = "frame,pts_s,dt_s,region,mean_px_s,direction_deg\r\n"


def write(path, text, about=None):
    path.write_text(text, encoding="utf-8", newline="")
    if about is not None:
        path.with_suffix(".json").write_text(json.dumps(about))
    return path


def test_rows_are_read_region_by_region_and_an_empty_cell_is_not_measured(tmp_path):
    rows = "1,0.04,0.04,all,2.5,-90\r\n1,0.04,0.04,hand,,\r\n3,0.12,0.08,all,0,12\r\n"
    results = open_results(write(tmp_path / "clip_motion.csv", HEADER + rows))
    assert results.columns == ("mean_px_s", "direction_deg")
    assert list(results.tables) == ["all", "hand"]
    assert results.tables["all"].frames.tolist() == [1, 3]
    times, speeds = results.curve("all", "mean_px_s")
    assert (times.tolist(), speeds.tolist()) == ([0.04, 0.12], [2.5, 0.0])
    assert np.isnan(results.curve("hand", "direction_deg")[1]).all()
    assert results.notice == ""


def test_what_a_run_writes_is_read_as_it_was(tmp_path):
    names = columns(Recipe(mm_per_px=0.5, camera="median"))
    writer = TableWriter(tmp_path / "t.csv", names)
    values = {name: float(at) for at, name in enumerate(names)} | {"frame": 7, "region": "=1+1"}
    writer.write([[values[name] for name in names]])
    writer.close()
    results = open_results(tmp_path / "t.csv")
    assert list(results.tables) == ["=1+1"]
    assert all(results.curve("=1+1", name)[1] == values[name] for name in results.columns)


def test_names_with_commas_quotes_and_line_breaks_are_names(tmp_path):
    row = '1,0,1,"left, ""my"" hand\nand arm",1,2\r\n'
    assert list(open_results(write(tmp_path / "t.csv", HEADER + row)).tables) == ['left, "my" hand\nand arm']


def test_a_last_line_that_was_cut_short_is_left_out_and_told_of(tmp_path):
    results = open_results(write(tmp_path / "t.csv", HEADER + "1,0,1,all,2,3\r\n2,0.5,1,al"))
    assert results.tables["all"].frames.tolist() == [1]
    assert "cut short" in results.notice


def test_a_run_that_was_not_finished_says_so(tmp_path):
    about = {"complete": False, "notice": "clip.mp4: 1 of 9 frames were analysed: it was interrupted."}
    results = open_results(write(tmp_path / "t.csv", HEADER + "1,0,1,all,2,3\r\n", about))
    assert results.notice == about["notice"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no frame"),
        ("a,b,c\r\n1,2,3\r\n", "no frame"),
        ("frame,pts_s,region,x,x\r\n", "different names"),
        (HEADER + "1,0,1,all,two,3\r\n2,0,1,all,1,3\r\n", "line 2"),
        (HEADER + "1,0,1,all,2,3\r\n2,0,1\r\n3,0,1,all,2,3\r\n", "line 3"),
        (HEADER + "nan,0,1,all,2,3\r\n2,0,1,all,1,3\r\n", "line 2"),
        (HEADER + "".join(f"1,0,1,{n},2,3\r\n" for n in range(1001)), "more than 1000 regions"),
    ],
)
def test_what_is_no_such_table_is_refused_by_name(tmp_path, text, said):
    with pytest.raises(MotionError, match=said) as caught:
        open_results(write(tmp_path / "t.csv", text or "\r\n"))
    assert "t.csv" in str(caught.value)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00frame")
    for path in (tmp_path / "t.csv", tmp_path, tmp_path / "none.csv"):
        with pytest.raises(MotionError, match=path.name):
            open_results(path)


@pytest.mark.parametrize("about", ["", "[]", "{", '{"source": 3}', '{"source": {"name": 4}}'])
def test_what_stands_beside_the_table_may_be_anything(tmp_path, about):
    path = write(tmp_path / "clip_motion.csv", HEADER + "1,0,1,all,2,3\r\n")
    path.with_suffix(".json").write_text(about)
    results = open_results(path)
    assert results.source_name == ""
    assert results.source is None


def test_the_video_is_found_beside_the_table_or_where_it_is_known_to_be(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    path = write(folder / "clip_motion-2.csv", HEADER, {"source": {"name": "my clip.mov"}})
    assert open_results(path).source is None
    known = tmp_path / "my clip.mov"
    known.touch()
    assert open_results(path, known).source == known
    beside = folder / "my clip.mov"
    beside.touch()
    assert open_results(path).source == beside
    path.with_suffix(".json").unlink()
    (folder / "clip.mkv").touch()
    assert open_results(path).source == folder / "clip.mkv"


def test_pictures_are_those_of_this_run_only(tmp_path):
    path = write(tmp_path / "a[1]_motion.csv", HEADER)
    names = ["a[1]_motion_heat.png", "a[1]_motion_rose.png"]
    names += ["a[1]_motion-2_heat.png", "a[1]_motion-partial_heat.png", "a1_motion_heat.png"]
    names += ["a[1]_motion_again_motion_heat.png"]
    for name in names:
        (tmp_path / name).touch()
    assert [picture.name for picture in open_results(path).pictures] == names[:2]


@pytest.mark.parametrize(
    ("name", "label"),
    [("mean_px_s", "Mean speed, px/s"), ("p95_mm_s", "Speed, 95th percentile, mm/s"), ("direction_deg", "Direction, °"),
     ("curl_per_s", "Curl, 1/s"), ("centroid_x_px", "Centroid x, px"), ("moving_fraction", "Part that moves")],
)  # fmt: skip
def test_columns_have_names_that_people_read(name, label):
    assert column_label(name) == label
