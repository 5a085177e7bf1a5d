"""Can it tell actions apart of people it has never seen? Leave-one-person-out on a folder of labelled clips.

``python -m benchmarks.actions FOLDER`` takes ``FOLDER/<class>/personNN_….mp4``, as the KTH data set names its clips.
Motion is estimated once per clip, as live view does. Then each person in turn is left out: a network is trained on all
the others with the default settings, part of whose recordings decide when to stop, and judges the clips of the one it
has never seen, window by window and, by the mean of a clip's windows, clip by clip.

``--choose`` compares settings without looking at the one left out: for every person, each of the others is left out as
well and judged in turn; printed is which setting is best for whom.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.command import conditions
from kernels.warmup import warm_up
from motionapp.learning.importing import read_folder
from motionapp.learning.samples import Recording, Samples
from motionapp.learning.training import TrainingRun
from motionapp.settings import PRESETS, MapSettings, TrainingSettings
from motionapp.types import MotionError

#: What ``--choose`` compares.
CHOICES: dict[str, dict[str, object]] = {
    "default": {},
    "no augmentation": {"shift": 0, "speed": 0.0},
    "mirror": {"mirror": True},
    "Adam": {"method": "adam", "rate": 0.001},
    "half the rate": {"rate": 0.005},
    "one layer": {"layers": 1},
    "three layers": {"layers": 3},
}


@dataclass(frozen=True)
class Score:
    """Windows and clips judged, and how many of them right."""

    windows: int = 0
    windows_right: int = 0
    clips: int = 0
    clips_right: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(self.row(), other.row(), strict=True)))

    def row(self) -> tuple[int, int, int, int]:
        """Return the four numbers."""
        return self.windows, self.windows_right, self.clips, self.clips_right

    def __str__(self) -> str:
        part = self.windows_right / max(1, self.windows)
        return f"{part:.3f} of {self.windows} windows, {self.clips_right} of {self.clips} clips"


def person(recording: Recording) -> str:
    """Return who is seen in a clip, from its name."""
    found = re.match(r"person\d+", Path(recording.source).name)
    if found is None:
        raise MotionError(f"{recording.source}: the name of a clip has to begin with personNN.")
    return found[0]


def judge(samples: Samples, settings: TrainingSettings, unseen: set[str], tested: str) -> tuple[Score, list[str]]:
    """Train on all but ``unseen`` persons; judge the clips of one of them; name the clips that are wrong."""
    known = tuple(one for one in samples.recordings if person(one) not in unseen)
    run = TrainingRun(replace(samples, recordings=known), settings)
    for _ in run.batches():
        pass
    model, score, wrong = run.result(), Score(), []
    for recording in samples.recordings:
        if person(recording) != tested:
            continue
        x, labels, _ = samples.windows((recording,))
        found = model.probabilities(x)
        right = bool(found.mean(axis=0).argmax() == labels[0])
        score += Score(len(labels), int((found.argmax(axis=1) == labels).sum()), 1, int(right))
        if not right:
            wrong.append(Path(recording.source).name)
    return score, wrong


def read(folder: Path, preset: str, direction: bool) -> Samples:
    """Return the samples of a folder; MotionError if a clip cannot be used."""
    samples = Samples(MapSettings(direction=direction))
    found = read_folder(folder, samples.map_settings, PRESETS[preset])
    if found.problems:
        raise MotionError(" ".join(found.problems))
    for recording in found.recordings:
        samples = samples.with_labelled(recording)
    return samples


def leave_one_out(samples: Samples, settings: TrainingSettings, seeds: list[int]) -> list[dict[str, object]]:
    """Print a table of every person and seed; return its rows."""
    people = sorted({person(one) for one in samples.recordings})
    rows: list[dict[str, object]] = []
    for seed in seeds:
        total, began_s = Score(), time.perf_counter()
        for one in people:
            score, wrong = judge(samples, replace(settings, seed=seed), {one}, one)
            total += score
            rows.append({"seed": seed, "person": one, "score": score.row(), "wrong": wrong})
            print(f"  seed {seed}  without {one}: {score}  {' '.join(wrong)}")
        print(f"seed {seed}: {total}, {time.perf_counter() - began_s:.1f} s", flush=True)
        rows.append({"seed": seed, "person": "all", "score": total.row(), "wrong": []})
    return rows


def choose(samples: Samples, settings: TrainingSettings, seeds: list[int]) -> list[dict[str, object]]:
    """Print how each of :data:`CHOICES` does on the others of every person; return that."""
    people = sorted({person(one) for one in samples.recordings})
    rows: list[dict[str, object]] = []
    for name, changes in CHOICES.items():
        inner = {one: Score() for one in people}
        for (first, second), seed in itertools.product(itertools.combinations(people, 2), seeds):
            tried = replace(settings, seed=seed, **changes)  # type: ignore[arg-type]
            for outer, tested in ((first, second), (second, first)):
                inner[outer] += judge(samples, tried, {first, second}, tested)[0]
        parts = [score.windows_right / score.windows for score in inner.values()]
        print(f"{name:<18}" + "".join(f"{part:9.3f}" for part in parts) + f"   mean {np.mean(parts):.4f}", flush=True)
        rows.append({"choice": name, **{one: score.row() for one, score in inner.items()}})
    return rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.actions", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="(default: 0 1 2)")
    parser.add_argument("--preset", choices=list(PRESETS), default="live", help="quality of the flow (default: live)")
    parser.add_argument("--direction", action="store_true", help="see direction as well as speed")
    parser.add_argument("--choose", action="store_true", help="compare settings by an inner split")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    warm_up()
    began_s = time.perf_counter()
    try:
        samples = read(options.folder, options.preset, options.direction)
        maps = sum(len(one.maps) for one in samples.recordings)
        print(f"{len(samples.recordings)} clips, {maps} maps in {time.perf_counter() - began_s:.1f} s")
        measure = choose if options.choose else leave_one_out
        rows = measure(samples, TrainingSettings(), options.seeds)
    except MotionError as error:
        sys.exit(f"actions: {error}")
    if options.json:
        options.json.write_text(json.dumps({"conditions": conditions(1), "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
