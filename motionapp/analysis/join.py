"""Joining what was made in parts: pieces to a chunk, chunks to results. Order decides, not who made them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from motionapp.analysis.annotated import join_parts
from motionapp.analysis.outputs import TABLE, VIDEO, Counts
from motionapp.analysis.table import join_tables


def join_into(target: Path, parts: Sequence[Path], tick_s: Fraction) -> Counts:
    """Join the files in the folders of consecutive pieces into one folder of the same kind; return its counts.

    Raises
    ------
    OSError, MotionError
        If a part cannot be read or the target not written.
    """
    counts = sum((Counts.read(part) for part in parts), Counts())
    join_tables([part / TABLE for part in parts], target / TABLE)
    videos = [part / VIDEO for part in parts if (part / VIDEO).exists()]
    if videos:
        join_parts(videos, target / VIDEO, tick_s)
    counts.write(target)
    return counts
