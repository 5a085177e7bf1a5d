import json
import shutil
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from motionapp.analysis import partfolder
from motionapp.analysis import plan as planning
from motionapp.analysis.fields import read_fields
from motionapp.analysis.plan import CHUNK
from motionapp.analysis.plots import NAMES
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.analysis.run import analyse
from motionapp.video import VideoSource
from motionapp.wholefile import unwritable

from ..clips import number_in, write_clip
from ..test_video import damaged
from .moving import LIVE, contents, write_moving

pandas = pytest.importorskip("pandas")
VARIABLE = [0.0, 0.02, 0.1, 0.13, 0.5, 0.52, 0.6, 0.9, 1.3, 1.31, 1.4, 1.5]


def run(path, folder, recipe=LIVE, **options):
    (result,) = analyse([path], recipe, folder, **options)
    return result


def table(folder, stem="clip"):
    return pandas.read_csv(folder / f"{stem}_motion.csv")


def about(folder, stem="clip_motion"):
    return json.loads((folder / f"{stem}.json").read_text())


def video(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(float(p.pts * stream.time_base), p.to_ndarray(format="rgb24")) for p in container.decode(stream)]


def decoded(path):
    """Return number and time of every frame that the reader of the window decodes."""
    source, frames = VideoSource(path), []
    while frame := source.read():
        frames.append((frame.index, frame.pts_s))
    source.close()
    return frames


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("clip.mp4", {"times": VARIABLE}, (48, 64)),
        ("clip.mkv", {"times": [5.0 + time for time in VARIABLE]}, (48, 64)),
        ("clip.mp4", {"rotation": 90, "times": 12}, (64, 48)),
        ("clip.mp4", {"rotation": 180, "times": 12}, (48, 64)),
        ("clip.mp4", {"rotation": 270, "times": 12}, (64, 48)),
        ("clip.mkv", {"codec": "ffv1", "size": (63, 47), "times": 12}, (47, 63)),
        ("clip.mkv", {"codec": "ffv1", "pix_fmt": "yuv420p10le", "times": 12}, (48, 64)),
        ("clip.mkv", {"codec": "ffv1", "pix_fmt": "gray", "times": 12}, (48, 64)),
        ("clip.avi", {"codec": "mpeg4", "times": 12}, (48, 64)),
        ("clip.avi", {"codec": "libx264", "times": 12}, (48, 64)),
    ],
)
def test_every_frame_but_the_first_has_a_row_and_every_frame_its_picture_and_time(tmp_path, name, options, shape):
    path = tmp_path / name
    write_clip(path, **options)
    result = run(path, tmp_path, replace(LIVE, video="heat", side_by_side=True))
    assert (result.state, result.error, result.notice) == ("done", "", None)
    expected, read = decoded(path), table(tmp_path)
    assert len(expected) == 12 == result.decoded
    assert read["frame"].tolist() == [index for index, _ in expected[1:]]
    np.testing.assert_allclose(read["pts_s"], [pts_s for _, pts_s in expected[1:]], atol=1e-6)
    np.testing.assert_allclose(read["dt_s"], np.diff([pts_s for _, pts_s in expected]), atol=2e-6)
    shown = video(tmp_path / "clip_motion.mp4")
    np.testing.assert_allclose([pts_s for pts_s, _ in shown], [pts_s for _, pts_s in expected], atol=1e-3)
    height, width = shape
    turns = options.get("rotation", 0) // 90
    upright = [np.rot90(picture[:height, :width], -turns) for _, picture in shown]
    assert [number_in(picture) for picture in upright] == list(range(12))


def test_one_frame_has_no_row_and_one_picture(tmp_path):
    write_clip(tmp_path / "clip.mkv", times=1)
    result = run(tmp_path / "clip.mkv", tmp_path, replace(LIVE, video="arrows"))
    assert (result.state, result.rows, result.decoded) == ("done", 0, 1)
    assert len(table(tmp_path)) == 0
    assert len(video(tmp_path / "clip_motion.mp4")) == 1


@pytest.mark.parametrize(("suffix", "kept"), [(".mp4", 0.6), (".mkv", 0.7), (".avi", 0.5)])
def test_of_a_file_cut_short_there_is_what_can_be_read(tmp_path, suffix, kept):
    path = tmp_path / f"clip{suffix}"
    options = {"container_options": {"movflags": "faststart"}} if suffix == ".mp4" else {}
    write_clip(path, "mpeg4" if suffix == ".avi" else "libx264", size=(320, 240), **options)
    content = path.read_bytes()
    path.write_bytes(content[: round(kept * len(content))])
    result, expected = run(path, tmp_path), decoded(path)
    assert 2 < len(expected) < 30
    assert table(tmp_path)["frame"].tolist() == [index for index, _ in expected[1:]]
    assert f"{len(expected)} of 30 frames" in result.notice
    assert about(tmp_path)["notice"] == result.notice


def test_damaged_frames_have_no_rows_and_the_next_row_spans_the_gap(tmp_path):
    path = damaged(tmp_path / "clip.avi", [0, 5, 6, 19])
    result, expected = run(path, tmp_path, replace(LIVE, plots=True)), decoded(path)
    assert len(expected) == 16
    assert "16 of 20 frames could be read: the rest is damaged" in result.notice
    read = table(tmp_path)
    assert read["frame"].tolist() == [index for index, _ in expected[1:]]
    assert read.set_index("frame")["dt_s"][7] == pytest.approx(0.1, abs=1e-6)


def test_range_and_step_choose_frames(tmp_path):
    write_clip(tmp_path / "clip.mp4", times=60)
    recipe = replace(LIVE, from_s=0.5, to_s=1.5, step=4, video="arrows", side_by_side=True)
    assert run(tmp_path / "clip.mp4", tmp_path, recipe).notice is None
    read = table(tmp_path)
    assert read["frame"].tolist() == list(range(19, 46, 4))
    assert read["dt_s"].unique().tolist() == pytest.approx([4 / 30], abs=1e-5)
    shown = video(tmp_path / "clip_motion.mp4")
    assert [number_in(picture[:, :64]) for _, picture in shown] == list(range(15, 46, 4))
    assert shown[0][0] == 0.0
    assert about(tmp_path)["first_frame"]["number"] == 15


def test_a_range_past_the_end_is_told(tmp_path):
    write_clip(tmp_path / "clip.mp4")
    result = run(tmp_path / "clip.mp4", tmp_path, replace(LIVE, from_s=5.0))
    assert result.state == "failed"
    assert "has no frame from 5 s" in result.error


def test_regions_have_rows_of_their_own(tmp_path):
    write_moving(tmp_path / "clip.mp4", 6)
    recipe = replace(LIVE, regions=(Region("left half", ((0, 0), (32, 48))),), mm_per_px=0.5)
    run(tmp_path / "clip.mp4", tmp_path, recipe)
    read = table(tmp_path)
    assert read["region"].tolist() == ["all", "left half"] * 5
    np.testing.assert_allclose(read["mean_mm_s"], 0.5 * read["mean_px_s"], rtol=1e-6)
    assert read[read["region"] == "all"]["mean_u_px_s"].median() == pytest.approx(30.0, rel=0.2)


def test_a_file_longer_than_a_chunk_is_whole_and_no_seam_shows(tmp_path):
    count = CHUNK + 20
    write_moving(tmp_path / "clip.mp4", count)
    run(tmp_path / "clip.mp4", tmp_path, replace(LIVE, video="arrows", plots=True))
    read = table(tmp_path)
    assert read["frame"].tolist() == list(range(1, count))
    seam = read["mean_u_px_s"][CHUNK - 3 : CHUNK + 3]
    np.testing.assert_allclose(seam, 30.0, rtol=0.1)
    assert len(video(tmp_path / "clip_motion.mp4")) == count


def test_the_json_says_what_the_results_depend_on(tmp_path):
    write_moving(tmp_path / "clip.mp4", 4)
    recipe = replace(LIVE, camera="median")
    run(tmp_path / "clip.mp4", tmp_path, recipe)
    found = about(tmp_path)
    assert found["complete"] is True
    assert found["source"]["name"] == "clip.mp4"
    assert len(found["source"]["sha256"]) == 64
    assert Recipe.from_json(json.dumps(found["recipe"])) == recipe
    assert found["columns"] == list(table(tmp_path).columns)
    assert set(found["versions"]) >= {"motionapp", "numpy", "numba", "av"}


def test_nothing_else_is_left_and_results_are_the_same_every_time(tmp_path):
    write_moving(tmp_path / "clip.mp4", 6)
    for name in ("one", "two"):
        run(tmp_path / "clip.mp4", tmp_path / name, replace(LIVE, video="colour"))
    one = contents(tmp_path / "one")
    assert set(one) == {"clip_motion.csv", "clip_motion.json", "clip_motion.mp4"}
    assert one == contents(tmp_path / "two")


def test_what_exists_is_kept_and_the_new_is_numbered_unless_it_may_be_replaced(tmp_path):
    write_moving(tmp_path / "clip.mp4", 4)
    old = tmp_path / "clip_motion.csv"
    old.write_text("mine")
    run(tmp_path / "clip.mp4", tmp_path)
    assert old.read_text() == "mine"
    assert (tmp_path / "clip_motion-2.csv").exists()
    (tmp_path / "clip_motion.mp4").write_text("of an earlier run")
    run(tmp_path / "clip.mp4", tmp_path, overwrite=True)
    assert old.read_bytes() == (tmp_path / "clip_motion-2.csv").read_bytes()
    assert not (tmp_path / "clip_motion.mp4").exists()


def test_files_of_the_same_name_get_results_in_their_order(tmp_path):
    paths = [tmp_path / folder / "clip.mp4" for folder in ("one", "two")]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        write_moving(path, 4 + number)
    results = analyse(paths, LIVE, tmp_path)
    assert [result.files[0].name for result in results] == ["clip_motion.csv", "clip_motion-2.csv"]
    assert [result.rows for result in results] == [3, 4]


def test_a_file_that_fails_does_not_stop_the_others(tmp_path):
    write_moving(tmp_path / "clip.mp4", 4)
    (tmp_path / "text.mp4").write_text("no video" * 100)
    outside = replace(LIVE, regions=(Region("far", ((500, 500), (600, 600))),))
    results = analyse([tmp_path / "text.mp4", tmp_path / "missing.mp4", tmp_path / "clip.mp4"], LIVE, tmp_path)
    assert [result.state for result in results] == ["failed", "failed", "done"]
    assert "text.mp4 is not a video" in results[0].error
    assert "missing.mp4 does not exist" in results[1].error
    assert "nowhere/missing.mp4 does not exist" in run(tmp_path / "nowhere" / "missing.mp4", None).error
    assert not (tmp_path / "nowhere").exists()
    assert "clip.mp4: Region “far”" in run(tmp_path / "clip.mp4", tmp_path / "out", outside).error


def test_cancelled_it_leaves_marked_results_and_goes_on_to_the_same_ones(tmp_path):
    write_moving(tmp_path / "clip.mp4", 90)
    recipe = replace(LIVE, video="arrows", plots=True)
    seen = []

    def far_enough(_path):
        return any(file.done > 40 for progress in seen[-1:] for file in progress.files)

    out = tmp_path / "out"
    result = run(tmp_path / "clip.mp4", out, recipe, progress=seen.append, cancelled=far_enough)
    assert result.state == "cancelled"
    partial = pandas.read_csv(out / "clip_motion-partial.csv")
    assert partial["frame"].tolist() == list(range(1, len(partial) + 1))
    assert 32 <= len(partial) < 89
    assert about(out, "clip_motion-partial")["complete"] is False
    assert "interrupted" in about(out, "clip_motion-partial")["notice"]
    assert len(video(out / "clip_motion-partial.mp4")) == len(partial) + 1
    assert not (out / "clip_motion.csv").exists()
    resumed = run(tmp_path / "clip.mp4", out, recipe, resume=True)
    assert resumed.estimated == 89 - len(partial)
    run(tmp_path / "clip.mp4", tmp_path / "whole", recipe)
    assert contents(out) == contents(tmp_path / "whole")


def test_cancelled_while_the_file_is_looked_at_nothing_is_left(tmp_path):
    write_moving(tmp_path / "clip.mp4", 12)
    (result,) = analyse([tmp_path / "clip.mp4"], LIVE, tmp_path / "out", cancelled=lambda path: True)
    assert (result.state, result.files, result.error) == ("cancelled", (), "")
    assert contents(tmp_path / "out") == {}


def test_one_file_can_end_without_the_others(tmp_path):
    paths = [write_moving(tmp_path / f"{name}.mp4", 12) for name in ("first", "second", "third")]
    results = analyse(paths, LIVE, tmp_path / "out", cancelled=lambda path: path == paths[1])
    assert [result.state for result in results] == ["done", "cancelled", "done"]
    assert sorted(contents(tmp_path / "out")) == [
        f"{name}_motion{ending}" for name in ("first", "third") for ending in (".csv", ".json")
    ]


def test_a_run_that_could_not_be_begun_begins_anew(tmp_path, monkeypatch):
    write_moving(tmp_path / "clip.mp4", 12)
    whole, full = planning.write_whole, OSError(28, "No space left on device")

    def fails(path, *arguments, **options):
        if path.name == "plan.json":
            raise unwritable(path, full)
        whole(path, *arguments, **options)

    monkeypatch.setattr(planning, "write_whole", fails)
    assert "no space left" in run(tmp_path / "clip.mp4", tmp_path / "out").error
    monkeypatch.undo()
    assert run(tmp_path / "clip.mp4", tmp_path / "out", resume=True).state == "done"


def test_to_resume_what_is_complete_leaves_it(tmp_path):
    write_moving(tmp_path / "clip.mp4", 4)
    run(tmp_path / "clip.mp4", tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    again = run(tmp_path / "clip.mp4", tmp_path / "out", resume=True)
    assert (again.state, again.estimated, set(again.files)) == ("kept", 0, set(before))
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    other = run(tmp_path / "clip.mp4", tmp_path / "out", replace(LIVE, step=2), resume=True)
    assert other.files[0].name == "clip_motion-2.csv"


def test_a_folder_that_cannot_be_made_is_told_before_the_file_is_read(tmp_path, monkeypatch):
    write_moving(tmp_path / "clip.mp4", 4)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(planning, "_hash", None)
    result = run(tmp_path / "clip.mp4", tmp_path / "file" / "out")
    assert result.state == "failed"
    assert "cannot be written: not a directory" in result.error
    assert result.detail == ""


def test_a_full_disk_is_told_and_what_was_made_can_be_read_and_goes_on(tmp_path, monkeypatch):
    from motionapp.analysis import annotated

    write_moving(tmp_path / "clip.mp4", 80)
    recipe, whole = replace(LIVE, video="arrows"), annotated.PartWriter.write
    run(tmp_path / "clip.mp4", tmp_path / "whole", recipe)

    def full(writer, image, tick):
        if tick > 50 * 3000:
            raise annotated._unwritable(writer._path, OSError(28, "No space left on device"))
        whole(writer, image, tick)

    monkeypatch.setattr(annotated.PartWriter, "write", full)
    out = tmp_path / "out"
    result = run(tmp_path / "clip.mp4", out, recipe)
    assert result.state == "failed"
    assert "no space left on device" in result.error
    assert "clip_motion.part" in result.error
    assert 32 <= len(pandas.read_csv(out / "clip_motion-partial.csv")) <= 50
    monkeypatch.undo()
    assert run(tmp_path / "clip.mp4", out, recipe, resume=True).estimated < 50
    assert contents(out) == contents(tmp_path / "whole")


def test_where_there_is_no_room_for_hdf5_it_is_not_begun(tmp_path, monkeypatch):
    write_moving(tmp_path / "clip.mp4", 12)
    recipe, whole = replace(LIVE, fields="h5"), shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: whole(path)._replace(free=10_000))
    result = run(tmp_path / "clip.mp4", tmp_path / "out", recipe)
    assert result.state == "failed"
    assert "no space left on device" in result.error
    assert {path.name for path in result.files} == {"clip_motion-partial.csv", "clip_motion-partial.json"}
    monkeypatch.undo()
    assert run(tmp_path / "clip.mp4", tmp_path / "out", recipe, resume=True).estimated == 0


def test_a_run_begun_at_the_same_time_as_another_takes_the_next_name(tmp_path):
    path = write_moving(tmp_path / "clip.mp4", 4)
    with partfolder.make(tmp_path / "clip_motion.part"):  # by another process, which has come no further yet
        assert run(path, tmp_path).files[0].name == "clip_motion-2.csv"
        assert "another process" in run(path, tmp_path, overwrite=True).error
    assert run(path, tmp_path).files[0].name == "clip_motion.csv"


def test_two_runs_do_not_work_in_one_folder(tmp_path):
    path = write_moving(tmp_path / "clip.mp4", 200)
    seen, inner = [], []

    def once(_path):
        if seen and seen[-1].files[0].done > 0 and not inner:
            inner.append(run(path, tmp_path, resume=True))
        return False

    outer = run(path, tmp_path, progress=seen.append, cancelled=once)
    assert outer.state == "done"
    assert "worked on by another process" in inner[0].error


def test_frames_whose_times_prove_wrong_are_counted(tmp_path, monkeypatch):
    path = tmp_path / "clip.mp4"
    write_clip(path, times=40)
    run(path, tmp_path / "whole")
    from motionapp import decoder

    numbered, told = decoder.Decoder._numbered, []

    def wrong(self, *, at_start):
        for number, picture in numbered(self, at_start=at_start):
            if self.index.exact and number == 30 and len(told) > 3:
                raise decoder._OutOfOrder
            told.append(number)
            yield number, picture

    monkeypatch.setattr(decoder.Decoder, "_numbered", wrong)
    assert run(path, tmp_path / "counted").state == "done"
    assert table(tmp_path / "counted").equals(table(tmp_path / "whole"))


def test_progress_names_every_file_and_comes_to_its_end(tmp_path):
    paths = [write_moving(tmp_path / name, 8) for name in ("a.mp4", "b.mp4")]
    seen = []
    analyse(paths, LIVE, tmp_path / "out", progress=seen.append)
    assert [(file.path, file.stage, file.done, file.total) for file in seen[-1].files] == [
        (path, "done", 8, 8) for path in paths
    ]
    assert all(len(progress.files) == 2 for progress in seen)


def test_the_same_bytes_from_a_copy_of_another_name_and_place(tmp_path):
    path = write_moving(tmp_path / "clip.mp4", 8)
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(path, tmp_path / "elsewhere" / "clip.mp4")
    run(path, tmp_path / "one", replace(LIVE, video="arrows"))
    run(tmp_path / "elsewhere" / "clip.mp4", tmp_path / "two", replace(LIVE, video="arrows"))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_ticks_are_exact_and_no_two_frames_are_shown_at_once():
    ticks = planning._ticks(np.array([100, 100, 101, 105, 200]), Fraction(90000, 1) * Fraction(1001, 30000))
    assert ticks.tolist() == [0, 1, 3003, 15015, 300300]


@pytest.mark.parametrize("kind", ["npz", "h5", "flo", "kitti"])
def test_fields_are_there_for_every_row(tmp_path, kind):
    write_moving(tmp_path / "clip.mp4", 40)
    for name in ("one", "two"):
        run(tmp_path / "clip.mp4", tmp_path / name, replace(LIVE, fields=kind))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    path = tmp_path / "one" / ("clip_motion.h5" if kind == "h5" else "clip_motion_flow")
    read = list(read_fields(path))
    assert [field.frame for field in read] == list(range(1, 40))
    assert np.nanmedian(read[20].flow[0]) == pytest.approx(1.0, abs=0.1)


def test_plots_are_drawn_without_a_table_too_and_the_same_every_time(tmp_path):
    write_moving(tmp_path / "clip.mp4", 40)
    for name in ("one", "two"):
        run(tmp_path / "clip.mp4", tmp_path / name, replace(LIVE, plots=True, csv=False, camera="median"))
    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "two")
    assert set(one) == {"clip_motion.json", *(f"clip_motion_{name}.png" for name in NAMES)}
