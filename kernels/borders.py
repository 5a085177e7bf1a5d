"""The border rule of every filter and pyramid: beyond its edge pixels a picture is its mirror image (reflect-101).

``… c b | a b c d | c b …``: the edge pixel itself is not repeated, even places stay even, and rows of the
pyramid's matrices sum to 1. Any distance from a picture of any size ≥ 1 has its place in it.
"""

from kernels._jit import core


@core
def reflect(index: int, size: int) -> int:
    """Return the pixel 0 … size − 1 that stands for ``index`` in a row of ``size`` pixels."""
    if size == 1:
        return 0
    period = 2 * (size - 1)
    index = index % period
    return index if index < size else period - index


@core
def mirror(line, before, width):
    """Fill ``line`` on both sides of its pixels ``before … before + width − 1`` with their mirror image."""
    for n in range(before):
        line[n] = line[before + reflect(n - before, width)]
    for n in range(before + width, len(line)):
        line[n] = line[before + reflect(n - before, width)]
