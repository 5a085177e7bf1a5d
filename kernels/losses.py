"""What a network is trained to make small: a cost per sample, averaged over the batch, and its gradient.

Both costs take outputs (B, K) and a target, and return ``(cost, doutputs)``: a float and an array like ``outputs``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def softmax(logits: Array) -> Array:
    """Return probabilities ``p_k = exp z_k / Σ_j exp z_j``.

    Parameters
    ----------
    logits
        (B, K) float32 or float64. The largest of a row is taken off first, so that nothing overflows.

    Returns
    -------
    (B, K) of the same dtype; rows sum to 1. Rows that are not finite give NaN.

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean of ``−log p_label`` with p the softmax of the logits, and its gradient ``(p − 1_label) / B``.

    Parameters
    ----------
    logits
        (B, K) float32 or float64.
    labels
        (B,) integers from 0 to K − 1.

    Returns
    -------
    The mean loss in nats (log K where nothing is known), and (B, K) of the dtype of ``logits``.

    Raises
    ------
    ValueError
        If the labels are not B whole numbers within range.

    Notes
    -----
    ``−log p_label = log Σ_j exp(z_j − z_max) − (z_label − z_max)`` is exact where p itself would underflow.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.

    Examples
    --------
    >>> loss, gradient = cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(loss, 3), gradient.tolist()
    (0.693, [[0.5, -0.5]])
    """
    labels = np.asarray(labels)
    count, classes = logits.shape
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be {count} whole numbers, got {labels.dtype} of shape {labels.shape}")
    if labels.astype(np.uint64).max() >= classes:  # a negative label becomes a huge one
        raise ValueError(f"labels must lie in 0 … {classes - 1}, got {labels.min()} … {labels.max()}")
    rows = np.arange(count)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        sums = powers.sum(axis=1, keepdims=True)
        loss = float((np.log(sums[:, 0]) - shifted[rows, labels]).sum()) / count
        gradient = powers / sums
        gradient[rows, labels] -= 1
        gradient /= count
    return loss, gradient


def euclidean(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Return the mean over samples of ``½ |y − t|²`` and its gradient ``(y − t) / B``.

    Parameters
    ----------
    outputs, targets
        (B, K) each.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> euclidean(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]]))
    (2.0, array([[0., 2.]]))
    """
    targets = np.asarray(targets, dtype=outputs.dtype)
    if outputs.shape != targets.shape:
        raise ValueError(f"targets must have shape {outputs.shape}, got {targets.shape}")
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        error = outputs - targets
        return float(0.5 * np.square(error).sum() / len(outputs)), error / len(outputs)
