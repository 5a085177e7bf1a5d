"""Motions made of plain arrays, for tests."""

from __future__ import annotations

import numpy as np

from motionapp.settings import Settings
from motionapp.types import Frame, Motion


def motion_of(flow, confidence=None, dt_s=0.04, pts_s=0.12):
    """Return the motion of a (2, H, W) flow in px per frame; without a confidence all of it is measured."""
    flow = np.ascontiguousarray(flow, np.float32)
    shape = flow.shape[1:]
    confidence = np.ones(shape) if confidence is None else confidence
    frame = Frame(3, pts_s, np.zeros((*shape, 3), np.uint8))
    return Motion(frame, flow, np.ascontiguousarray(confidence, np.float32), dt_s, Settings())


def random_flow(shape=(18, 23), seed=0):
    """Return a flow of vectors around the moving threshold, and a confidence that is low in places."""
    generator = np.random.default_rng(seed)
    flow = generator.normal(0, 1, (2, *shape)).astype(np.float32)
    return flow, generator.uniform(0.3, 1, shape).astype(np.float32)


def affine_flow(shape, model):
    """Return the flow model · (1, x, y), with x and y in px from the middle of the picture."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] - np.reshape([(size - 1) / 2 for size in shape], (2, 1, 1))
    return np.tensordot(np.asarray(model, np.float64), np.stack([np.ones(shape), x, y]), 1)
