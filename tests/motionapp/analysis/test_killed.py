"""A process that is killed at the worst moments, and one that goes on after it."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from motionapp.analysis.journal import Journal
from motionapp.analysis.run import analyse

from .moving import LIVE, contents, write_moving

RECIPE = replace(LIVE, video="arrows", plots=True)
KILLED = """
import os, sys
from pathlib import Path
from motionapp.analysis import {module} as module
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.run import analyse

whole, left = module.{name}, [{after}]

def killed(*arguments, **options):
    left[0] -= 1
    if left[0] < 0:
        {before}
        os._exit(9)
    return whole(*arguments, **options)

module.{name} = killed
analyse([Path(sys.argv[1])], Recipe.from_json(sys.argv[2]), Path(sys.argv[3]))
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    clip = write_moving(folder / "clip.mp4", 80)
    (result,) = analyse([clip], RECIPE, folder / "out")
    assert result.estimated == 79
    return clip, contents(folder / "out")


@pytest.mark.parametrize(
    ("module", "name", "after", "before"),
    [
        ("journal", "Journal._write", 40, "whole(arguments[0], arguments[1][:1000])"),
        ("journal", "Journal.__init__", 1, ""),
        ("outputs", "partfolder.finish", 1, ""),
        ("outputs", "partfolder.finish", 1, "whole(*arguments)"),
        ("chunk", "join_into", 0, "whole(*arguments)"),
        ("results", "tidy", 0, ""),
        ("results", "tidy", 0, "(arguments[0].part / 'run.json').unlink()"),
        ("results", "Results.begin", 0, "arguments[0].folder.mkdir(exist_ok=True); arguments[0].part.mkdir()"),
    ],
)
def test_after_a_kill_the_same_files_come_out_and_one_row_at_most_is_made_twice(
    tmp_path, whole, module, name, after, before
):
    clip, expected = whole
    code = KILLED.format(module=module, name=name, after=after, before=before)
    command = [sys.executable, "-c", code, str(clip), RECIPE.to_json(), str(tmp_path)]
    killed = subprocess.run(command, timeout=120, env=dict(os.environ), capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr
    kept = 79 if (tmp_path / "clip_motion.json").exists() else rows_kept(tmp_path / "clip_motion.part")
    (result,) = analyse([clip], RECIPE, tmp_path, resume=True)
    assert result.state in ("done", "kept")
    assert result.estimated == 79 - kept
    assert contents(tmp_path) == expected


def rows_kept(folder):
    """Return how many rows need not be estimated again."""
    if (folder / "00000").is_dir():
        return 79
    kept = 0
    for piece in range(3):
        if (folder / f"00000-{piece}").is_dir():
            kept += min(32, 79 - 32 * piece)
        elif (folder / f"00000-{piece}.journal").exists():
            journal = Journal(folder / f"00000-{piece}.journal")
            position = 32 * piece
            while journal.take(position):
                position += 1
            journal.close()
            kept += max(0, position - 32 * piece - 1)
    return kept
