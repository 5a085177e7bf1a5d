import argparse
import json

import pytest

from motionapp.cli import main
from motionapp.cli_magnify import COMMANDS, read_band
from motionapp.settings import MagnifySettings
from motionapp.video import VideoSource

from .analysis.moving import write_moving


@pytest.fixture
def clip(tmp_path):
    return write_moving(tmp_path / "clip.mp4", 6)


@pytest.mark.parametrize(
    ("text", "band"), [("0.4-3", (0.4, 3.0)), ("50-90bpm", (50 / 60, 1.5)), ("1-1.5", (1, 1.5)), ("5-10", (5, 10))]
)
def test_bands_are_read_in_hz_or_beats_per_minute(text, band):
    assert read_band(text) == pytest.approx(band)


@pytest.mark.parametrize("text", ["3", "3-1", "a-b", "-1-2", "0-1", "1-", "1-inf", "nan-1", "1-1"])
def test_what_is_no_band_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="not a band"):
        read_band(text)


@pytest.mark.parametrize("method", ["riesz", "steerable"])
def test_it_says_what_it_wrote(tmp_path, clip, capsys, method):
    out = tmp_path / "out.mp4"
    assert main(["magnify", str(clip), "-o", str(out), "--band", "1-8", "--alpha", "4", "--method", method]) == 0
    said = capsys.readouterr()
    assert f"wrote {out}: 6 frames" in said.out
    assert "1 to 8 Hz 5 times as large" in said.out
    assert said.err == ""
    source = VideoSource(out)
    assert source.info.frame_count == 6
    source.close()


def test_for_machines_it_tells_all_figures(tmp_path, clip, capsys):
    words = ["--band", "60-300bpm", "--side-by-side", "--levels", "2", "--order", "1", "--json"]
    assert main(["magnify", str(clip), "-o", str(tmp_path / "out.mp4"), *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["video"] == str(tmp_path / "out.mp4")
    assert (told["frames"], told["width"], told["height"]) == (6, 128, 48)
    assert (told["low_hz"], told["high_hz"], told["levels"], told["order"]) == (1.0, 5.0, 2, 1)
    assert told["alpha"] == MagnifySettings().alpha


def test_nothing_is_overwritten_unless_asked_for(tmp_path, clip, capsys):
    out = tmp_path / "out.mp4"
    out.write_text("mine")
    assert main(["magnify", str(clip), "-o", str(out)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main(["magnify", str(clip), "-o", str(out), "--overwrite"]) == 0
    assert out.stat().st_size > 1000
    before = clip.read_bytes()
    assert main(["magnify", str(clip), "-o", str(clip), "--overwrite"]) == 1
    assert "choose another name" in capsys.readouterr().err
    assert clip.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--band", "3-1"], "not a band"),
        (["--alpha", "-2"], "not from -1 to 200"),
        (["--levels", "1.5"], "invalid"),
        (["--method", "magic"], "invalid choice"),
        (["-o", "out.avi"], "has to end in .mp4"),
    ],
)
def test_wrong_usage_is_2(tmp_path, clip, capsys, words, message):
    assert main(["magnify", str(clip), "-o", str(tmp_path / "out.mp4"), *words]) == 2
    assert message in capsys.readouterr().err


def test_inputs_that_fail_are_1_and_told_before_the_kernels_are_prepared(tmp_path, clip, capsys, monkeypatch):
    monkeypatch.setattr("motionapp.cli_magnify.prepare", None)
    out = str(tmp_path / "out.mp4")
    assert main(["magnify", str(tmp_path / "no.mp4"), "-o", out]) == 1
    assert "no.mp4 does not exist" in capsys.readouterr().err
    assert main(["magnify", str(clip), "-o", out, "--band", "20-30"]) == 1
    assert "up to 15 Hz" in capsys.readouterr().err


def test_interrupted_it_ends_with_130(tmp_path, clip, monkeypatch, capsys):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt("What was made before is in out-partial.mp4.")

    monkeypatch.setattr("motionapp.magnified.magnify_video", interrupt)
    assert main(["magnify", str(clip), "-o", str(tmp_path / "out.mp4")]) == 130
    assert "interrupted. What was made before is in out-partial.mp4." in capsys.readouterr().err


def test_the_help_names_ranges_defaults_and_units(capsys):
    assert main(["magnify", "--help"]) == 0
    text = capsys.readouterr().out
    assert "bpm" in text
    assert all(names[-1] in text for names, _ in COMMANDS["magnify"].options if names[-1].startswith("-"))
