import json
import signal
import subprocess
import sys

import pytest

from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.cli import main
from motionapp.cli_analysis import COMMANDS, _interruptible, _recipe
from motionapp.settings import PRESETS, ViewSettings

from .analysis.moving import write_moving


@pytest.fixture
def clip(tmp_path):
    return write_moving(tmp_path / "clip.mp4", 8)


def recipe(*words):
    return _recipe(COMMANDS["analyze"].parser("analyze").parse_args(["clip.mp4", *words]))


@pytest.mark.parametrize(
    "wanted",
    [
        Recipe(),
        Recipe(flow=PRESETS["live"], from_s=1.5, to_s=2.5, step=3, mm_per_px=0.25, camera="affine"),
        Recipe(
            regions=(Region("a=b", ((0, 0), (5, 6))), Region("-c", ((0, 0), (5, 6), (7, 1)))), csv=False, plots=True
        ),
        Recipe(video="heat", side_by_side=True, fields="kitti", view=ViewSettings(grid_px=8, scale_locked=True)),
    ],
)
def test_the_command_of_a_recipe_gives_that_recipe(tmp_path, wanted):
    import shlex

    assert recipe(*shlex.split(wanted.command(tmp_path / "clip.mp4"))[3:]) == wanted


def test_options_win_over_the_recipe_and_results_can_be_one(tmp_path, clip):
    assert main(["analyze", str(clip), "--preset", "live", "--step", "2"]) == 0
    stored = str(tmp_path / "clip_motion.json")
    assert recipe("--recipe", stored) == Recipe(flow=PRESETS["live"], step=2)
    assert recipe("--recipe", stored, "--step", "3", "--video") == Recipe(flow=PRESETS["live"], step=3, video="arrows")


def test_it_says_what_it_wrote(tmp_path, clip, capsys):
    assert main(["analyze", str(clip), "-o", str(tmp_path / "out"), "--preset", "live", "--video", "colour"]) == 0
    said = capsys.readouterr()
    assert f"{tmp_path}/out/clip_motion.csv" in said.out
    assert f"{tmp_path}/out/clip_motion.mp4" in said.out
    assert said.err == ""
    assert (
        main(["analyze", str(clip), "-o", str(tmp_path / "out"), "--preset", "live", "--video=colour", "--resume"]) == 0
    )
    assert "is there already" in capsys.readouterr().out


def test_some_inputs_failed(tmp_path, clip, capsys):
    assert main(["analyze", str(tmp_path / "no.mp4"), str(clip), "--preset", "live", "--json"]) == 1
    said = capsys.readouterr()
    assert [entry["state"] for entry in json.loads(said.out)] == ["failed", "done"]
    assert "no.mp4 does not exist" in said.err
    assert "1 of 2 files failed" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "2", "--to", "1"], "to_s is 1.0"),
        (["--roi", "arm"], "A region is NAME="),
        (["--recipe", "{"], "not JSON"),
        (["--jobs", "0"], "not a number of processes"),
        (["--video", "stars"], "stars is not off, arrows, colour, heat"),
    ],
)
def test_wrong_usage_is_2(clip, capsys, words, message):
    assert main(["analyze", str(clip), *words]) == 2
    assert message in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_before_anything_else(tmp_path, clip, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("motionapp.cli_analysis.prepare", None)
    assert main(["analyze", str(clip), "-o", str(tmp_path / "file" / "out")]) == 1
    assert "cannot be written: not a directory" in capsys.readouterr().err


def test_a_cluster_that_does_not_answer_is_told(clip, capsys):
    pytest.importorskip("distributed")
    assert main(["analyze", str(clip), "--dask", "nonsense://127.0.0.1:1"]) == 1
    assert "No Dask scheduler answers at nonsense://127.0.0.1:1" in capsys.readouterr().err


def test_the_first_interrupt_asks_and_the_second_ends():
    with _interruptible() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_interrupted_it_ends_with_130_and_goes_on_to_the_same_table(tmp_path):
    clip = write_moving(tmp_path / "clip.mp4", 300)
    words = [sys.executable, "-m", "motionapp", "analyze", str(clip), "--preset", "live", "-o", str(tmp_path / "out")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    part = tmp_path / "out" / "clip_motion.part"
    while not list(part.glob("*.journal")) and process.poll() is None:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume goes on" in said
    assert "Traceback" not in said
    assert main([*words[3:], "--resume"]) == 0
    assert main([*words[3:-1], str(tmp_path / "whole")]) == 0
    one, two = ((tmp_path / folder / "clip_motion.csv").read_bytes() for folder in ("out", "whole"))
    assert one == two


def test_help_needs_nothing_but_the_standard_library():
    code = (
        "import sys; from motionapp.cli import main; main(['analyze', '--help']);"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'numba', 'av', 'PySide6', 'h5py', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, timeout=60).returncode == 0


def test_the_table_can_go_to_standard_output(tmp_path, capsys):
    path = write_moving(tmp_path / "clip.mp4", 4)
    assert main(["analyze", str(path), "-o", "-"]) == 0
    assert main(["analyze", str(path), "-o", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.startswith((tmp_path / "out" / "clip_motion.csv").read_text())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["clip.mp4", "out"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "-", "--plots"], "the table of one file"),
        (["--no-csv"], "Nothing is to be written"),
        (["--side-by-side"], "add --video"),
    ],
)
def test_what_makes_no_sense_together_is_said(tmp_path, capsys, words, said):
    path = write_moving(tmp_path / "clip.mp4", 4)
    assert main(["analyze", str(path), *words]) == 2
    assert said in capsys.readouterr().err
