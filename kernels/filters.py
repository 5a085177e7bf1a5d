"""Linear filters. Outside the picture every filter sees its mirror image (reflect-101: … c b | a b c … | b a …)."""

from typing import Any

import numpy as np

from kernels._jit import core
from kernels.checks import Array


@core
def reflect(index: int, size: int) -> int:
    """Return the pixel ``0 … size − 1`` that stands for ``index`` when the picture is mirrored at its edge pixels."""
    if size == 1:
        return 0
    period = 2 * (size - 1)
    index = index % period
    return index if index < size else period - index


def result_array(out: Any, shape: tuple[int, ...], *inputs: Array) -> Array:
    """Return ``out`` if a core can write it, or a new float32 array of ``shape`` if it is None.

    Raises
    ------
    TypeError
        If ``out`` is not a float32 array.
    ValueError
        If ``out`` has another shape, is not C-contiguous and writable, or shares memory with an input.
    """
    if out is None:
        return np.empty(shape, np.float32)
    if not isinstance(out, np.ndarray) or out.dtype != np.float32:
        raise TypeError(f"out must be a float32 array, got {getattr(out, 'dtype', type(out).__name__)}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, got {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out must be C-contiguous and writable")
    if any(np.may_share_memory(out, image) for image in inputs):
        raise ValueError("out must not share memory with an input")
    return out
