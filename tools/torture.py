"""Kill an analysis again and again, at random times, and see that what comes out in the end is what always comes out.

    python tools/torture.py [--kills 50] [--jobs 1] [--seed 0]

`motionapp analyze` is killed with SIGKILL, all its processes at once, and started again with --resume, until it ends.
Then its files are compared with those of a run that was left alone, byte for byte. What a killed run had told to be
done must be there, what was there at one kill must still be there at the next, and the last run must estimate the rest
and nothing else: a kill costs the motion that is being estimated, and no more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from motionapp.analysis.journal import Trail
from motionapp.analysis.partfolder import PartFolder
from motionapp.analysis.plan import CHUNK, PIECE, Plan
from recordings import __file__ as recordings

_CLIP = Path(recordings).with_name("moving-arm.mp4")
_WORDS = ["--preset", "live", "--video", "--plots", "--flow", "h5"]
#: A kill falls between these parts of the time of a whole run: starting, examining the file, analysing, joining.
_EARLIEST, _LATEST = 0.0, 1.0


def command(out: Path, jobs: int) -> list[str]:
    """Return the command that is killed."""
    return [sys.executable, "-m", "motionapp", "analyze", str(_CLIP), "-o", str(out), *_WORDS, "--jobs", str(jobs)]


def run(out: Path, jobs: int, kill_after_s: float | None = None) -> int | None:
    """Run the command, or go on with what it left, and kill all its processes after some time.

    Return how many motions it estimated if it came to its end, or else None.
    """
    words = [*command(out, jobs), "--json", "--resume"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=kill_after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None
    (result,) = json.loads(said)
    return int(result["estimated"])


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder by its name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_kept(part: Path) -> int:
    """Return how many rows of an unfinished run need not be estimated again."""
    try:
        plan = Plan.load(part)
    except (OSError, ValueError):
        return 0
    folder, kept = PartFolder(part), 0
    for chunk in range(plan.chunks):
        last = plan.positions(chunk).stop - 1
        if folder.chunk(chunk).is_dir():
            kept += last - chunk * CHUNK
            continue
        pieces = folder.pieces_done(chunk)
        kept += min(pieces * PIECE, last - chunk * CHUNK)
        if folder.journal(chunk, pieces).exists():
            trail = Trail(folder, chunk, pieces)
            position = trail.carry
            while trail.take(position):
                position += 1
            trail.close()
            kept += max(0, position - trail.carry - 1)
    return kept


def rows_told(part: Path) -> int:
    """Return how many rows an unfinished run has told to be done, as progress reads it."""
    try:
        plan = Plan.load(part)
    except (OSError, ValueError):
        return 0
    told = (PartFolder(part).positions_done(chunk) - (chunk == 0) for chunk in range(plan.chunks))
    return sum(max(0, rows) for rows in told)


def kept_in(out: Path, rows: int) -> int:
    """Return how many of a run's ``rows`` need not be estimated again."""
    if (out / f"{_CLIP.stem}_motion.json").exists():
        return rows
    return rows_kept(out / f"{_CLIP.stem}_motion.part")


def main() -> int:
    """Kill it as often as asked for; return 1 if anything was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance, wrong, kills, runs, began = random.Random(options.seed), 0, 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = run(folder / "whole", 1)
        whole_s = time.monotonic() - began
        expected = contents(folder / "whole")
        assert rows is not None
        while kills < options.kills:
            out, kept, at = folder / "out", 0, time.monotonic()
            shutil.rmtree(out, ignore_errors=True)
            while (estimated := run(out, options.jobs, whole_s * chance.uniform(_EARLIEST, _LATEST))) is None:
                kills += 1
                before, kept = kept, kept_in(out, rows)
                wrong += kept < max(before, rows_told(out / f"{_CLIP.stem}_motion.part"))
            if estimated == rows:  # it came to its end too soon
                whole_s = time.monotonic() - at
            same = contents(out) == expected
            runs, wrong = runs + 1, wrong + (not same or estimated != rows - kept)
            files = "the same files" if same else "OTHER FILES"
            print(f"{kills} kills, {runs} runs: {files}, the last estimated {estimated} of {rows - kept}", flush=True)
    took_s = time.monotonic() - began
    print(f"{kills} kills (seed {options.seed}, jobs {options.jobs}): {wrong} failures in {runs} runs, {took_s:.0f} s")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
