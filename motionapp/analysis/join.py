"""Joining what was made in parts: pieces to a chunk, chunks to results. Order decides, not who made them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from motionapp.analysis.annotated import join_parts
from motionapp.analysis.outputs import SUMMARY, TABLE, VIDEO, Counts, read_summary, write_summary
from motionapp.analysis.summary import Summary
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
    join_summaries(parts, target)
    counts.write(target)
    return counts


def joined_summary(parts: Sequence[Path]) -> Summary | None:
    """Return the summary of consecutive parts; None if they have none."""
    whole: Summary | None = None
    for part in parts:
        if (part / SUMMARY).exists():
            summary = read_summary(part)
            if whole is None:
                whole = summary
            else:
                whole.merge(summary)
    return whole


def join_summaries(parts: Sequence[Path], target: Path) -> None:
    """Write the summary of consecutive parts into a folder, if they have any."""
    whole = joined_summary(parts)
    if whole is not None:
        write_summary(target, whole)
