"""Joining what was made in parts: pieces to a chunk, chunks to results. Order decides, not who made them."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from motionapp.analysis.annotated import join_parts
from motionapp.analysis.fields import FieldWriter, read_fields
from motionapp.analysis.outputs import FIELDS, SUMMARY, TABLE, VIDEO, Counts, read_summary, write_summary
from motionapp.analysis.summary import Summary
from motionapp.analysis.table import join_tables

#: What an HDF5 file has beside its data, at most.
_HDF5_BYTES = 4 << 20


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
    link_fields(parts, target / FIELDS)
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


def link_fields(parts: Sequence[Path], target: Path) -> None:
    """Have the files with fields of consecutive parts in one folder as well, without copying where the disk can."""
    for part in parts:
        for path in sorted((part / FIELDS).iterdir()) if (part / FIELDS).is_dir() else ():
            target.mkdir(exist_ok=True)
            try:
                os.link(path, target / path.name)
            except OSError:
                shutil.copyfile(path, target / path.name)


def join_fields(parts: Sequence[Path], stem: Path, about: Mapping[str, str]) -> None:
    """Write the fields of consecutive parts, kept as ``.npz``, into one HDF5 file ``STEM.h5``.

    Raises
    ------
    OSError
        If there is no room for it. That is found out before: libhdf5 itself does not survive a full disk.
    MotionError
        If a part cannot be read or the file not written.
    """
    needed = sum(path.stat().st_size for part in parts for path in (part / FIELDS).glob("*"))
    if shutil.disk_usage(stem.parent).free < needed + needed // 50 + _HDF5_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with FieldWriter(stem, "h5", about) as writer:
        for part in parts:
            if (part / FIELDS).is_dir() and any((part / FIELDS).iterdir()):
                for field in read_fields(part / FIELDS):
                    writer.write(field)
