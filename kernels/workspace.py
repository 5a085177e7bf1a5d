"""Memory for the values of a piece of a batch, which every thread keeps from one piece to the next.

Arrays of some hundred kB that are made and dropped again and again come from the system page by page and go back to it:
the page faults take a third of the time of a training step. So each thread keeps one block, which pieces fill from its
start.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from kernels.checks import Array

#: Values a thread keeps room for at most, 16 MB; what goes beyond is made afresh. Arrays begin at cache lines.
LARGEST, LINE = 2**22, 16


class _Memory(threading.local):
    """One thread's block, how much of it is taken, the most that was asked for, and how many pieces are under way."""

    def __init__(self) -> None:
        self.block: Array = np.empty(0, np.float32)
        self.taken = self.wanted = self.pieces = 0


_memory = _Memory()


def _aligned(size: int) -> Array:
    """Return a block of ``size`` float32 that begins at a cache line."""
    block = np.empty(size + LINE, np.float32)
    first = -(block.ctypes.data // block.itemsize) % LINE
    return block[first : first + size]


@contextmanager
def piece() -> Iterator[None]:
    """Let :func:`empty` take from the thread's block; what it gave must not be used after the end."""
    memory = _memory
    before = memory.taken
    memory.pieces += 1
    try:
        yield
    finally:
        memory.pieces -= 1
        memory.wanted = max(memory.wanted, memory.taken)
        memory.taken = before
        if not memory.pieces and len(memory.block) < min(memory.wanted, LARGEST):
            memory.block = _aligned(min(memory.wanted, LARGEST))


def empty(shape: tuple[int, ...]) -> Array:
    """Return an array (\\*shape) float32 of any values; within a :func:`piece` from the thread's block."""
    memory = _memory
    if not memory.pieces:
        return np.empty(shape, np.float32)
    count, start = math.prod(shape), memory.taken
    memory.taken += -(-count // LINE) * LINE
    if memory.taken > len(memory.block):
        return np.empty(shape, np.float32)
    return memory.block[start : start + count].reshape(shape)
