"""The race of networks: who takes turns, what is printed, and that PyTorch may be absent."""

import json

import pytest

from benchmarks import against_torch, torch_nets
from benchmarks.network import TIMED, UNTIMED, Contender, Result, main, race, table


def test_contenders_take_turns_and_timed_calls_follow_untimed_ones():
    calls = []
    contenders = [
        Contender(name, lambda name=name: calls.append((name, "step")), lambda name=name: calls.append((name, "infer")))
        for name in ("a", "b")
    ]
    results = race(contenders, 32, 2)
    turn = [(name, what) for name in ("a", "b") for what in ("step", "infer") for _ in range(UNTIMED + TIMED)]
    assert calls == 2 * turn
    assert [one.name for one in results] == ["a", "b"]
    assert all(one.samples_per_s == pytest.approx(32_000 / one.step_ms) for one in results)


def test_ratios_are_to_the_reference():
    ours, theirs = Result("ours", 4.0, 8000.0, 0.1), Result("theirs", 8.0, 4000.0, 0.4)
    lines = table([ours, theirs], theirs).splitlines()
    assert lines[2].split() == ["ours", "4.00", "8000", "0.100", "2.00", "0.25"]
    assert lines[3].split()[-2:] == ["1.00", "1.00"]
    assert "×" not in table([ours, theirs], None)


def test_without_pytorch_ours_are_measured_and_the_rest_is_said(monkeypatch, capsys):
    monkeypatch.setattr(torch_nets, "installed", lambda: False)
    assert main(["--batch", "2", "--repeats", "1", "--json"]) == 0
    told = capsys.readouterr()
    assert "PyTorch is not installed" in told.err
    result = json.loads(told.out)
    assert [one["name"] for one in result["results"]] == ["ours, 1 thread", "ours, 2 threads"]
    for one in result["results"]:
        assert one["step_ms"] > one["inference_ms"] > 0
        assert one["samples_per_s"] == pytest.approx(2000 / one["step_ms"])
    assert result["conditions"]["batch"] == 2
    assert main(["--batch", "2", "--repeats", "1", "--workers", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[1].split("  ")[-1] == "inference ms"
    assert lines[3].startswith("ours, 1 thread ")
    assert against_torch.main() == 0
    assert "PyTorch is not installed" in capsys.readouterr().err


@pytest.mark.skipif(not torch_nets.installed(), reason="PyTorch is not installed")
def test_gradients_and_descents_agree_with_pytorch(capsys):
    assert against_torch.main() == 0
    assert "all within 0.0001" in capsys.readouterr().out


@pytest.mark.skipif(not torch_nets.installed(), reason="PyTorch is not installed")
def test_with_pytorch_ratios_are_to_it(capsys):
    assert main(["--batch", "2", "--repeats", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0].split()[0] for line in lines[3:]] == ["ours", "ours", "PyTorch"]
    assert lines[-1].split()[-2:] == ["1.00", "1.00"]
