"""The only validators: turn what a caller has into what a core expects, or say what is wrong."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def plain(array: Array) -> Array:
    """Return ``array`` C-contiguous and writable, copied if need be: other layouts would compile every core again."""
    array = np.ascontiguousarray(array)
    return array if array.flags.writeable else array.copy()


def _as_real(array: Any, name: str, dtype: Any = np.float32) -> Array:
    values = np.asarray(array)
    if values.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {values.dtype}")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinity and is refused as such
        values = np.ascontiguousarray(values, dtype)
    if not values.flags.writeable:  # the read-only flag would compile every core a second time
        values = values.copy()
    return values


def _require_finite(values: Array, name: str) -> None:
    with np.errstate(over="ignore", invalid="ignore"):  # the sum of large or of opposite infinite values
        total = values.sum()
    if not np.isfinite(total) and not np.isfinite(values).all():
        bad = int(values.size - np.isfinite(values).sum())
        raise ValueError(f"{name} holds {bad} NaN or infinite values")


def as_image(array: Any, name: str = "image", *, finite: bool = True, dtype: Any = np.float32) -> Array:
    """Return ``array`` as a C-contiguous, writable ``(H, W)`` image of ``dtype``, float32 or float64.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it is not 2-D, is empty or (with ``finite``) holds NaN or infinity; the message names ``name``.
    """
    values = _as_real(array, name, dtype)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"{name} must have shape (H, W) with H, W ≥ 1, got {values.shape}")
    if finite:
        _require_finite(values, name)
    return values


def as_planes(array: Any, name: str = "image") -> Array:
    """Return ``array``, grey ``(H, W)`` or planes ``(1, H, W)`` or ``(3, H, W)``, as C-contiguous float32 planes.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If its shape is none of these, it is empty or holds NaN or infinity; the message names ``name``.
    """
    values = _as_real(array, name)
    if not (values.ndim == 2 or (values.ndim == 3 and len(values) in (1, 3))) or values.size == 0:
        raise ValueError(f"{name} must have shape (H, W) or (3, H, W) with H, W ≥ 1, got {values.shape}")
    _require_finite(values, name)
    return values.reshape(-1, *values.shape[-2:])


def as_flow(array: Any, name: str = "flow", *, finite: bool = True) -> Array:
    """Return ``array`` as a C-contiguous, writable ``(2, H, W)`` float32 flow field in px.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If its shape is not ``(2, H, W)`` or (with ``finite``) it holds NaN or infinity.
    """
    values = _as_real(array, name)
    if values.ndim != 3 or values.shape[0] != 2 or values.size == 0:
        raise ValueError(f"{name} must have shape (2, H, W) with H, W ≥ 1, got {values.shape}")
    if finite:
        _require_finite(values, name)
    return values


def same_shape(**images: Array) -> None:
    """Require that the last two axes of all ``images`` agree.

    Raises
    ------
    ValueError
        Naming each argument with its shape.
    """
    if len({image.shape[-2:] for image in images.values()}) > 1:
        shapes = ", ".join(f"{name} {image.shape}" for name, image in images.items())
        raise ValueError(f"sizes differ: {shapes}")
