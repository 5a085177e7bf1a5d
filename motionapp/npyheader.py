"""What an array file says of itself: read with distrust, as all that NumPy makes of a damaged one is one error."""

from __future__ import annotations

import tokenize
from typing import IO, Any

import numpy as np

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read the head of a ``.npy`` file; return the shape, whether it is in Fortran's order, and the dtype.

    Raises
    ------
    ValueError
        If it cannot be understood.
    """
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"an array is of unknown version {version}")
    try:
        shape, fortran, dtype = _HEADERS[version](file)
    except (SyntaxError, tokenize.TokenError, TypeError, RecursionError) as error:
        raise ValueError("an array has no header that can be read") from error
    if any(length < 0 for length in shape):
        raise ValueError(f"an array cannot have the shape {shape}")
    return shape, fortran, dtype
