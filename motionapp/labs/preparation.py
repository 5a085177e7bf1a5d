"""Compiled code that labs use: made ready when the first lab is opened, on its thread."""

from __future__ import annotations

from kernels import warmup
from kernels.warmup import Progress

__all__ = ["Progress", "prepare", "prepare_motion"]

_ready: set[str] = set()


def prepare(progress: Progress) -> None:
    """Run every kernel that only labs use, once in this process; ``progress`` is told before each, and at the end."""
    if "labs" not in _ready:
        warmup.warm_up(progress, labs=True)
        _ready.add("labs")


def prepare_motion(progress: Progress) -> None:
    """The same for the kernels of live motion, for labs that descend on a whole field where no source is open."""
    if "motion" not in _ready:
        warmup.warm_up(progress)
        _ready.add("motion")
