"""The run of a queue: order, recipes, cancel, what goes wrong."""

from dataclasses import replace

import pytest

from motionapp.analysis.recipe import Recipe
from ui.analysis.runner import Runner
from ui.background import Background


@pytest.fixture
def runner(qtbot, analyser):
    """A runner at rest; at the end its thread has come home."""
    background = Background()
    made = Runner(background, analyser.make, background)
    yield made
    made.cancel()
    analyser.go_on.set()
    assert background.shut(5.0)


def states(runner):
    return [entry.state for entry in runner.entries]


def start(runner, recipe_of=lambda path: Recipe(), folder=None, jobs=1):
    runner.start(recipe_of, folder, jobs)


def test_every_file_is_analysed_in_order_and_its_results_are_known(qtbot, runner, analyser, clips, tmp_path):
    analyser.go_on.set()
    runner.add(clips)
    with qtbot.waitSignal(runner.ended):
        start(runner, folder=tmp_path, jobs=2)
    assert states(runner) == ["done"] * 3
    assert [entry.table for entry in runner.entries] == [tmp_path / f"{c.stem}_motion.csv" for c in clips]
    assert analyser.jobs == [2]
    assert analyser.calls == [(clips, Recipe(), tmp_path)]
    assert analyser.closed == 1
    assert not runner.running


def test_files_with_the_same_recipe_are_given_together(qtbot, runner, analyser, clips):
    analyser.go_on.set()
    recipes = {clips[0]: Recipe(), clips[1]: Recipe(step=2), clips[2]: Recipe()}
    runner.add(clips)
    with qtbot.waitSignal(runner.ended):
        start(runner, recipes.__getitem__)
    assert [paths for paths, _, _ in analyser.calls] == [[clips[0], clips[2]], [clips[1]]]
    assert [recipe.step for _, recipe, _ in analyser.calls] == [1, 2]


def test_a_file_taken_out_before_its_turn_is_not_analysed(qtbot, runner, analyser, clips):
    runner.add(clips)
    start(runner)
    qtbot.waitUntil(lambda: states(runner) == ["running", "waiting", "waiting"])
    runner.remove([clips[1]])
    analyser.go_on.set()
    with qtbot.waitSignal(runner.ended):
        pass
    assert [entry.path for entry in runner.entries] == [clips[0], clips[2]]
    assert states(runner) == ["done"] * 2
    assert not clips[1].with_name(f"{clips[1].stem}_motion.csv").exists()


def test_progress_is_read_while_it_runs(qtbot, runner, analyser, clips):
    runner.add(clips)
    start(runner)
    qtbot.waitUntil(lambda: states(runner) == ["running", "waiting", "waiting"])
    assert (runner.entries[0].done, runner.entries[0].total) == (30, 60)
    assert runner.running
    assert runner.elapsed_s >= 0.0
    analyser.go_on.set()
    qtbot.waitUntil(lambda: not runner.running)


def test_cancel_ends_the_run_and_start_goes_on(qtbot, runner, analyser, clips):
    runner.add(clips)
    start(runner)
    qtbot.waitUntil(lambda: states(runner)[0] == "running")
    with qtbot.waitSignal(runner.ended, timeout=1000):
        runner.cancel()
    assert states(runner) == ["stopped"] * 3
    analyser.go_on.set()
    with qtbot.waitSignal(runner.ended):
        start(runner)
    assert states(runner) == ["done"] * 3


def test_a_file_that_fails_does_not_stop_the_others(qtbot, runner, analyser, clips):
    analyser.go_on.set()
    analyser.failing = {"b.mp4": "It is no video."}
    runner.add(clips)
    with qtbot.waitSignal(runner.ended):
        start(runner)
    assert states(runner) == ["done", "failed", "done"]
    assert runner.entries[1].message == "It is no video."
    analyser.failing = {}
    with qtbot.waitSignal(runner.ended):
        start(runner)
    assert [paths for paths, _, _ in analyser.calls][1] == [clips[1]]  # what is done is not done again
    assert states(runner) == ["done"] * 3


def test_a_run_that_cannot_begin_says_so_of_every_file(qtbot, runner, analyser, clips):
    analyser.broken = OSError("no processes")
    runner.add(clips)
    with qtbot.waitSignal(runner.ended):
        start(runner)
    assert states(runner) == ["failed"] * 3
    assert "no processes" in runner.entries[0].message


def test_each_file_is_in_the_queue_once_and_the_running_one_stays(qtbot, runner, analyser, clips):
    runner.add([*clips, *clips])
    assert [entry.path for entry in runner.entries] == clips
    assert [entry.size for entry in runner.entries] == [100, 200, 300]
    start(runner)
    qtbot.waitUntil(lambda: states(runner)[0] == "running")
    runner.remove(clips)
    assert [entry.path for entry in runner.entries] == clips[:1]
    analyser.go_on.set()
    qtbot.waitUntil(lambda: not runner.running)
    assert states(runner) == ["done"]


def test_what_is_added_during_a_run_is_analysed_too(qtbot, runner, analyser, clips):
    runner.add(clips[:1])
    start(runner, lambda path: replace(Recipe(), step=2))
    qtbot.waitUntil(lambda: states(runner)[0] == "running")
    runner.add(clips[1:])
    analyser.go_on.set()
    qtbot.waitUntil(lambda: not runner.running)
    assert states(runner) == ["done"] * 3


def test_an_empty_queue_does_not_run(runner, analyser):
    start(runner)
    assert not runner.running
    assert analyser.jobs == []
