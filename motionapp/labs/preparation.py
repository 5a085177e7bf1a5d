"""Compiled code that only labs use: made ready when the first lab is opened, on its thread."""

from __future__ import annotations

from functools import cache

from kernels import warmup


@cache
def prepare() -> str | None:
    """Run every kernel of the labs once in this process; return a notice for the user if their cache was damaged."""
    return warmup.warm_up(labs=True)


@cache
def prepare_motion() -> str | None:
    """Run every kernel of live motion once: for labs that descend on a whole field where no source is open."""
    return warmup.warm_up()
