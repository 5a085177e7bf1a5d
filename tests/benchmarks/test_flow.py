"""The command: table, JSON and plot of a small data set, and what it says when it cannot."""

import json

import pytest

from benchmarks.flow import main, table
from benchmarks.race import Summary
from motionapp._cv2 import cv2

from .folders import middlebury

QUICK = ["--methods", "live,dis-fast,dis-medium", "--repeats", "2"]


def test_table(tmp_path, capsys):
    assert main([str(middlebury(tmp_path)), *QUICK]) == 0
    output = capsys.readouterr().out.splitlines()
    assert output[0].startswith("Middlebury: 2 pairs, 2 repeats, 2 threads")
    head, rule, *rows = output[2:]
    assert head.split()[:5] == ["method", "Grove", "Venus", "AEPE", "px"]
    assert [row[:10].rstrip() for row in rows] == ["live", "DIS fast", "DIS medium"]
    assert len({len(line) for line in (head, rule, *rows)}) == 1
    assert rows[1].split()[-2] == "1.00"


def test_json(tmp_path, capsys):
    assert main([str(middlebury(tmp_path)), *QUICK, "--json", "--workers", "1"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["conditions"]["workers"], result["conditions"]["pairs"]) == (1, 2)
    assert {"python", "opencv", "numpy", "numba"} <= result["conditions"]["versions"].keys()
    assert result["left_out"] == {}
    assert str(tmp_path) not in json.dumps(result)
    live = result["methods"][0]
    its = [one for one in result["scores"] if one["method"] == "live"]
    assert live["aepe_px"] == pytest.approx(sum(one["aepe_px"] for one in its) / 2)
    assert live["sequences_px"].keys() == {"Grove", "Venus"}
    assert live["relative_time"].keys() == {"dis-fast", "dis-medium"}
    assert all(len(one["times_ms"]) == 2 for one in its)


@pytest.mark.usefixtures("qapp")
def test_plot(tmp_path):
    assert main([str(middlebury(tmp_path)), *QUICK, "--plot", str(tmp_path / "plot.png")]) == 0
    assert (tmp_path / "plot.png").stat().st_size > 10_000


def test_absent_methods_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.delattr(cv2, "optflow", raising=False)
    folder = str(middlebury(tmp_path))
    assert main([folder, "--methods", "deepflow,dis-fast", "--repeats", "1", "--json"]) == 0
    output = capsys.readouterr()
    assert output.err.splitlines()[0] == "left out: DeepFlow (needs opencv-contrib-python)"
    assert json.loads(output.out)["left_out"] == {"deepflow": "needs opencv-contrib-python"}
    with pytest.raises(SystemExit):
        main([folder, "--methods", "deepflow"])


def test_a_folder_without_pairs_is_an_error_in_one_line(tmp_path, capsys):
    assert main([str(tmp_path), *QUICK]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert "has no pairs" in output.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--scenes", "x"],
        ["--scenes", "--methods", "magic"],
        ["--scenes", "--repeats", "0"],
        ["--scenes", "--plot", "a"],
    ],
)
def test_options_that_cannot_be_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(("count", "shown"), [(1, False), (8, True), (9, False)])
def test_sequences_have_columns_where_they_are_some_and_few(count, shown):
    sequences = {f"s{number}": 0.1 for number in range(count)}
    text = table([Summary("live", "live", True, sequences, 0.1, 1.0, 0.0, 5.0, 20.0, {})])
    assert ("s0" in text) is shown


def test_scenes_need_no_folder(capsys):
    assert main(["--scenes", "--pairs", "1", "--repeats", "1", "--methods", "dis-ultrafast"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("synthetic scenes: 6 pairs")
    assert "moving-arm" in output
