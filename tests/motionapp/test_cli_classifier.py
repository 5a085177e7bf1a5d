"""The commands train, classify and export: what they print, where, and with which exit code."""

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest

from motionapp import cli
from motionapp.learning.classifier import Classifier
from motionapp.learning.modelfile import Project, read_model, write_project
from motionapp.scenes import SceneSource
from motionapp.settings import TrainingSettings
from motionapp.video import VideoWriter

from .fakes import until
from .learning.motions import QUICK, two_motions

FAST = ("--epochs", "4", "--filters", "2", "--method", "adam", "--rate", "0.01", "--batch", "8")


@pytest.fixture(scope="module", autouse=True)
def prepared():
    """Compile or load the kernels once, not within a test's own time."""
    from kernels.warmup import warm_up

    warm_up()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Clips of two scenes, two of each."""
    root = tmp_path_factory.mktemp("scenes")
    for scene in ("rotation", "translation"):
        (root / scene).mkdir()
        source = SceneSource(scene, width=96, height=72, frame_count=60)
        for part in range(2):
            writer = VideoWriter(root / scene / f"{part}.mp4", 96, 72, 30.0)
            for index in range(30):
                writer.write(source.read().image, index / 30)
            writer.close()
    return root


@pytest.fixture(scope="module")
def model(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "a.motion"
    assert cli.main(["train", str(folder), "-o", str(path), *FAST, "--epochs", "15"]) == 0
    return path


def test_training_tells_every_epoch_and_writes_a_model(folder, tmp_path, capsys):
    out = tmp_path / "a.motion"
    assert cli.main(["train", str(folder), "-o", str(out), *FAST, "--seed", "3"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert [line.split()[:2] for line in lines[:4]] == [["epoch", str(number)] for number in range(1, 5)]
    assert "validation" in lines[0]
    assert lines[-1] == f"wrote {out}"
    made = read_model(out)
    assert made.classes == ("rotation", "translation")
    assert made.training == replace(TrainingSettings(), epochs=4, filters=2, method="adam", rate=0.01, batch=8, seed=3)


def test_the_command_and_the_window_draw_the_same_curve_from_the_same_folder(folder, tmp_path, capsys):
    out = tmp_path / "a.motion"
    assert cli.main(["train", str(folder), "-o", str(out), *FAST, "--seed", "5", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    window = Classifier()
    window.import_folder(folder)
    window.configure(TrainingSettings(**report["settings"]))
    window.train()
    until(lambda: window.status().phase == "idle", "the training to end")
    status = window.status()
    assert report["batch_losses"] == status.curves.batch_loss.tolist()
    tested = [math.nan if epoch["validation_loss"] is None else epoch["validation_loss"] for epoch in report["epochs"]]
    np.testing.assert_array_equal(tested, status.curves.validation_loss)
    assert math.isnan(tested[-1])
    assert (read_model(out).weights == status.model.weights).all()
    assert report["counts"] == status.counts
    assert report["confusion"] == [list(row) for row in status.model.figures.confusion]


def test_a_project_is_trained_with_its_own_settings_unless_told_otherwise(tmp_path, capsys):
    write_project(tmp_path / "a.motionproject", Project(two_motions(), replace(QUICK, seed=9)))
    curves = []
    for extra in ([], ["--seed", "9"], ["--seed", "8"]):
        words = ["train", str(tmp_path / "a.motionproject"), "-o", str(tmp_path / "a.motion"), "--json", "--overwrite"]
        assert cli.main([*words, *extra]) == 0
        curves.append(json.loads(capsys.readouterr().out)["batch_losses"])
    assert curves[0] == curves[1] != curves[2]


def test_another_folder_may_be_tested_on(folder, tmp_path, capsys):
    words = ["train", str(folder), "-o", str(tmp_path / "a.motion"), *FAST, "--json"]
    assert cli.main([*words, "--val", str(folder)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert sum(map(sum, report["confusion"])) == sum(report["counts"].values())
    (tmp_path / "other" / "zoom").mkdir(parents=True)
    (tmp_path / "other" / "zoom" / "a.mp4").write_bytes((folder / "rotation" / "0.mp4").read_bytes())
    assert cli.main([*words, "--overwrite", "--val", str(tmp_path / "other")]) == 1
    assert "classes that are not trained: zoom" in capsys.readouterr().err


def test_a_clip_that_cannot_be_read_is_told_and_the_model_made_nevertheless(folder, tmp_path, capsys):
    for scene in ("rotation", "translation"):
        (tmp_path / scene).mkdir()
        (tmp_path / scene / "a.mp4").write_bytes((folder / scene / "0.mp4").read_bytes())
    (tmp_path / "rotation" / "b.mp4").write_bytes(b"nonsense")
    assert cli.main(["train", str(tmp_path), "-o", str(tmp_path / "a.motion"), *FAST]) == 1
    captured = capsys.readouterr()
    assert "b.mp4" in captured.err
    assert len(captured.err.splitlines()) == 1
    assert "one short recording only" in captured.out
    assert read_model(tmp_path / "a.motion").classes == ("rotation", "translation")


def test_divergence_is_told_and_nothing_is_written(folder, tmp_path, capsys):
    out = tmp_path / "a.motion"
    assert cli.main(["train", str(folder), "-o", str(out), *FAST, "--method", "steepest", "--rate", "1e6"]) == 1
    error = capsys.readouterr().err
    assert "diverged at step" in error
    assert "lower the learning rate" in error
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["train"], 2),
        (["train", "DIR"], 2),
        (["train", "DIR", "-o", "a.motion", "--batch", "0"], 2),
        (["train", "DIR", "-o", "a.motion", "--rate", "nan"], 2),
        (["train", "DIR", "-o", "a.motion", "--method", "magic"], 2),
        (["train", "absent", "-o", "a.motion"], 1),
        (["train", "absent.motionproject", "-o", "a.motion"], 1),
        (["train", "DIR", "-o", "a.pt"], 1),
        (["train", "DIR", "-o", "nodir/a.motion"], 1),
        (["classify", "absent.motion", "a.mp4"], 1),
        (["classify", "absent.motion"], 2),
        (["export", "absent.motion", "-o", "a.onnx"], 1),
        (["export", "absent.motion", "-o", "a.pb"], 1),
    ],
)
def test_wrong_words_are_one_message(words, code, folder, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main([str(folder) if word == "DIR" else word for word in words]) == code
    error = capsys.readouterr().err
    assert ("usage: motionapp" in error) == (code == 2)
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [lambda folder: None, lambda folder: folder.mkdir(mode=0o500)])
def test_where_a_model_cannot_be_written_is_told_before_any_clip_is_read(make, folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("motionapp.cli_classifier._with_folder", lambda *_: pytest.fail("read clips"))
    monkeypatch.setattr("os.access", lambda path, mode: False)  # the superuser may write anywhere
    make(tmp_path / "models")
    assert cli.main(["train", str(folder), "-o", str(tmp_path / "models" / "a.motion")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_every_training_setting_is_an_option(capsys):
    assert cli.main(["train", "--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"--{entry.name}" in text for entry in fields(TrainingSettings))


def test_clips_are_classified_one_by_one(model, folder, capsys):
    clips = [str(folder / scene / "1.mp4") for scene in ("rotation", "translation")]
    assert cli.main(["classify", str(model), *clips]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line, clip, scene in zip(lines, clips, ("rotation", "translation"), strict=True):
        assert line.startswith(f"{clip}: {scene} ")
    assert all("windows)" in line for line in lines)


def test_classification_for_machines_has_every_window_with_its_time(model, folder, tmp_path, capsys):
    (tmp_path / "bad.mp4").write_bytes(b"nonsense")
    words = ["classify", str(model), str(tmp_path / "bad.mp4"), str(folder / "rotation" / "1.mp4"), "--json"]
    assert cli.main(words) == 1
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert report["classes"] == ["rotation", "translation"]
    assert "bad.mp4" in report["clips"][0]["error"]
    assert len(captured.err.splitlines()) == 1
    answer = report["clips"][1]
    assert answer["label"] == "rotation"
    assert answer["confidence"] == max(answer["probabilities"])
    times = [window["pts_s"] for window in answer["windows"]]
    assert times == sorted(times)
    for window in answer["windows"]:
        assert sum(window["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert window["label"] in report["classes"]


def test_a_model_is_exported(model, tmp_path, capsys):
    pytest.importorskip("onnx", reason="the package onnx is not installed")
    out = tmp_path / "a.onnx"
    assert cli.main(["export", str(model), "-o", str(out)]) == 0
    assert f"wrote {out}" in capsys.readouterr().out
    assert cli.main(["export", str(model), "-o", str(out)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert cli.main(["export", str(model), "-o", str(out), "--overwrite"]) == 0
