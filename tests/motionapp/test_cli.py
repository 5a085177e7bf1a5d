"""The command line: what it prints, where, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from motionapp import __version__, cli
from motionapp._cv2 import cv2
from motionapp.flowfiles import read_flow, write_flow, write_picture


@pytest.fixture(scope="module", autouse=True)
def prepared():
    """Compile or load the kernels once, not within a test's own time."""
    from kernels.warmup import warm_up

    warm_up()


@pytest.fixture
def pictures(tmp_path):
    """Two pictures, the second moved by 2 px to the right."""
    rng = np.random.default_rng(5)
    texture = cv2.resize(rng.integers(0, 255, (12, 16), np.uint8), (96, 72), interpolation=cv2.INTER_CUBIC)
    paths = tmp_path / "a.png", tmp_path / "b.png"
    for path, shift in zip(paths, (0, 2)):
        write_picture(path, np.ascontiguousarray(np.repeat(np.roll(texture, shift, 1)[..., None], 3, 2)))
    return [str(path) for path in paths]


def run(*words, **environment):
    """Run the command in a process of its own."""
    changed = {name: value for name, value in {**os.environ, **environment}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-m", "motionapp", *words],
        capture_output=True,
        text=True,
        env=changed,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["flow", "--help"], ["doctor", "-h"]])
def test_help_and_version_load_no_library(words):
    code = (
        f"import sys; from motionapp.cli import main; code = main({words!r}); "
        "heavy = {'numpy', 'cv2', 'numba', 'PySide6', 'av', 'tqdm', 'pyqtgraph'} & set(sys.modules); "
        "assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "motionapp" in done.stdout


def test_version_is_that_of_the_package(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"motionapp {__version__}\n"


def test_help_names_every_command(capsys):
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name} " in text for name in cli.COMMANDS)


@pytest.mark.parametrize(
    "words", [["flow"], ["flow", "a.png", "b.png"], ["convert", "a.flo"], ["--nonsense"], ["a", "b"]]
)
def test_wrong_usage_is_2_and_says_how(words, capsys):
    assert cli.main(words) == 2
    assert "usage: motionapp" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ([], None),
        (["clip.mp4"], "clip.mp4"),
        (["scene:zoom"], "scene:zoom"),
        (["auto"], "auto"),
        (["./flow"], "./flow"),
        (["--", "flow"], "flow"),
        (["flows"], "flows"),
    ],
)
def test_every_word_that_is_no_command_is_a_source_for_the_window(words, source, monkeypatch):
    opened = []
    monkeypatch.setattr("ui.app.run", lambda given: opened.append(given) or 0)
    assert cli.main(words) == 0
    assert opened == [source]


def test_without_a_display_the_window_is_refused_with_a_way_out():
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have a display")
    done = run("clip.mp4", DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert done.returncode == 1
    assert done.stderr.startswith("motionapp: no display found")
    assert "motionapp demo" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_flow_writes_the_motion_between_two_pictures(pictures, tmp_path, capsys):
    out = tmp_path / "out.flo"
    assert cli.main(["flow", *pictures, "-o", str(out)]) == 0
    captured = capsys.readouterr()
    assert str(out) in captured.out
    assert captured.err == ""
    assert np.median(read_flow(out)[0]) == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize("name", ["out.npz", "out.png"])
def test_flow_writes_every_format_and_json(pictures, tmp_path, capsys, name):
    out = tmp_path / name
    assert cli.main(["flow", *pictures, "-o", str(out), "--preset", "live", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["width"], figures["height"], figures["out"]) == (96, 72, str(out))
    assert read_flow(out).shape == (2, 72, 96)


def test_flow_overwrites_only_when_told(pictures, tmp_path, capsys):
    out = tmp_path / "out.flo"
    out.write_text("precious")
    assert cli.main(["flow", *pictures, "-o", str(out)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_text() == "precious"
    assert cli.main(["flow", *pictures, "-o", str(out), "--preset", "live", "--overwrite"]) == 0
    assert read_flow(out).shape == (2, 72, 96)


def test_flow_of_pictures_that_differ_in_size_names_both_sizes(pictures, tmp_path, capsys):
    small = tmp_path / "small.png"
    write_picture(small, np.zeros((20, 30, 3), np.uint8))
    assert cli.main(["flow", pictures[0], str(small), "-o", str(tmp_path / "out.flo")]) == 1
    error = capsys.readouterr().err
    assert "96×72" in error
    assert "30×20" in error


@pytest.mark.parametrize("bad", ["missing.png", ".", "text.png"])
def test_a_picture_that_cannot_be_read_is_one_line_on_stderr(bad, pictures, tmp_path, capsys):
    (tmp_path / "text.png").write_text("no picture")
    assert cli.main(["flow", pictures[0], str(tmp_path / bad), "-o", str(tmp_path / "out.flo")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("motionapp: ")
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out.flo").exists()


def test_an_unknown_format_is_refused_before_any_work(pictures, tmp_path, capsys):
    assert cli.main(["flow", *pictures, "-o", str(tmp_path / "out.jpg")]) == 1
    assert ".flo" in capsys.readouterr().err


@pytest.fixture
def flow_file(tmp_path):
    flow = np.zeros((2, 4, 6), np.float32)
    flow[0, :, :3], flow[1, :, 3:] = 2.0, -1.0
    flow[:, 0, 0] = np.nan
    write_flow(tmp_path / "in.flo", flow)
    return tmp_path / "in.flo", flow


@pytest.mark.parametrize(
    ("name", "options"), [("o.npz", []), ("o.kitti.png", []), ("o.png", ["--kitti"]), ("o.flo", [])]
)
def test_convert_keeps_the_flow_in_every_format(flow_file, name, options):
    source, flow = flow_file
    out = source.parent / name
    assert cli.main(["convert", str(source), str(out), *options]) == 0
    np.testing.assert_allclose(read_flow(out), flow, atol=1 / 64)


def test_convert_to_png_paints_it_and_says_what_full_colour_means(flow_file, capsys):
    from motionapp.images import read_image

    source, _ = flow_file
    out = source.with_name("colour.png")
    assert cli.main(["convert", str(source), str(out)]) == 0
    assert "2.00 px" in capsys.readouterr().out
    picture = read_image(out)
    assert picture.shape == (4, 6, 3)
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert (picture[2, 1] != picture[2, 4]).any()
    assert cli.main(["convert", str(source), str(out), "--overwrite", "--top", "8"]) == 0
    assert "8.00 px" in capsys.readouterr().out


def test_convert_overwrites_only_when_told(flow_file, capsys):
    source, _ = flow_file
    assert cli.main(["convert", str(source), str(source)]) == 1
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"PIEH", b"no flow at all" * 9])
def test_convert_of_nonsense_is_one_line(tmp_path, content, capsys):
    (tmp_path / "bad.flo").write_bytes(content)
    assert cli.main(["convert", str(tmp_path / "bad.flo"), str(tmp_path / "o.png")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_cameras_are_listed_as_the_sources_they_are(monkeypatch, capsys):
    from motionapp.camera import CameraInfo

    monkeypatch.setattr("motionapp.camera.list_cameras", lambda: [CameraInfo(2, "Webcam HD")])
    assert cli.main(["cameras"]) == 0
    assert capsys.readouterr().out.split() == ["camera:2", "Webcam", "HD"]
    assert cli.main(["cameras", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "Webcam HD"


def test_no_camera_is_no_error(monkeypatch, capsys):
    monkeypatch.setattr("motionapp.camera.list_cameras", lambda: [])
    assert cli.main(["cameras"]) == 0
    assert capsys.readouterr().out == "no camera found\n"


def test_ctrl_c_is_130_without_a_traceback(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("motionapp.camera.list_cameras", interrupted)
    assert cli.main(["cameras"]) == 130
    assert capsys.readouterr().err == "motionapp: interrupted\n"


def test_a_reader_that_leaves_the_pipe_is_no_traceback():
    if os.name == "nt":
        pytest.skip("pipes are different there")
    done = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m motionapp doctor --json | true"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_the_console_script_is_this_command():
    script = Path(sys.executable).with_name("motionapp")
    if not script.exists():
        pytest.skip("not installed as a package")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == f"motionapp {__version__}\n"
