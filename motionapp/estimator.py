"""From frames to motion, with nothing read or written: the estimator of live view, offline runs and library users."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np

from kernels import flow as flow_kernels
from kernels import pyramid
from kernels.checks import as_flow, as_planes, same_shape
from kernels.confidence import confidence, consistency
from kernels.descent import TraceRecorder
from kernels.energy import TERMS
from kernels.exposure import matched
from kernels.warp import upsample_flow, upsample_pixels, upsample_plane
from motionapp.planes import planes
from motionapp.settings import PRESETS, FlowSettings, Settings
from motionapp.types import Array, Frame, Motion

#: A field is carried over to the next frame unless it is older than this.
LONGEST_CARRY_S = 1.0
#: Small pictures are solved more finely than the settings ask for, on as many pixels if they have them: quarter size is
#: meant for pictures of 640×480, and costs as much as full size of 160×120.
LEAST_SOLVED_PX = 120 * 90

#: Buffers of :func:`estimate_flow`, per thread, for pictures up to so many pixels; larger ones would hold too much.
_KEPT = threading.local()
_KEPT_PX = 1_000_000


def parameters(settings: FlowSettings, shape: tuple[int, int] | None = None) -> flow_kernels.Parameters:
    """Return the kernels' parameters for the settings, and for pictures of ``shape`` no coarser than makes sense."""
    chosen = flow_kernels.Parameters(**asdict(settings))
    while shape is not None and chosen.finest > 0 and shape[0] * shape[1] >> 2 * chosen.finest < LEAST_SOLVED_PX:
        chosen = replace(chosen, finest=chosen.finest - 1)
    return chosen


class MotionEstimator:
    """Turn a sequence of frames into motion, one step per frame.

    A step descends from the last field, carried along its own motion, and with β > 0 stays near it. Motion the other
    way is estimated as well, from rest and one level coarser, to see whether the two agree. The same frames give the
    same motion to the bit, on any number of workers.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next frame is a first one."""
        self._workspace = flow_kernels.Workspace()
        self._sizes: tuple[Any, ...] = ()
        self._steps = 0
        self._frame: Frame | None = None
        self._pyramid: list[Array] = []
        self._field: Array | None = None
        self._trust: Array | None = None

    @property
    def solved(self) -> tuple[Array, Array] | None:
        """What the last step found at the level it was solved on: field (2, h, w) and trust (h, w), float32.

        None if that step was a first one. Both are overwritten by the next step.
        """
        return None if self._field is None or self._trust is None else (self._field, self._trust)

    def step(self, frame: Frame, previous: Frame | None = None, trace: bool = False) -> Motion:
        """Return the motion that led to ``frame``.

        Parameters
        ----------
        frame
            The current frame.
        previous
            Its immediate predecessor, where that is not the frame of the last step (frames were dropped, or this
            step is made again with other settings). None: the frame of the last step.
        trace
            Whether to record the energy after every descent step, at some cost.

        Returns
        -------
        Motion on the grid of ``frame``. With no predecessor, one of another size or one that is not older, it is a
        first one: flow 0, confidence 0, ``dt_s`` 0.
        """
        started = time.perf_counter()
        settings = self.settings
        shape = frame.image.shape[:2]
        chosen = parameters(settings.flow, shape)
        self._keep_room_for(shape, chosen)
        current = self._levels(frame, chosen, self._steps + 1)
        self._take_predecessor(previous, current, chosen)
        gap_s = 0.0 if self._frame is None else frame.pts_s - self._frame.pts_s
        if gap_s > LONGEST_CARRY_S:
            self._field = None
        recorder = None
        if self._pyramid and gap_s > 0.0:
            recorder = TraceRecorder(*TERMS) if trace else None
            flow, trust = self._measure(current, matched(current, self._pyramid), chosen, recorder)
        else:
            flow, trust = np.zeros((2, *shape), np.float32), np.zeros(shape, np.float32)
            gap_s, self._field = 0.0, None
        self._steps, self._frame, self._pyramid = self._steps + 1, frame, current
        return Motion(
            frame=frame,
            flow=flow,
            confidence=trust,
            dt_s=gap_s,
            settings=settings,
            compute_s=time.perf_counter() - started,
            trace=recorder.finish() if recorder else None,
        )

    def recall(self, frame: Frame, previous: Frame, field: Array, trust: Array) -> Motion:
        """Return the motion of an earlier step again, to the bit, from what :attr:`solved` gave; nothing descends.

        The next step goes on from it as if it had been estimated here.

        Parameters
        ----------
        frame, previous
            The frame of that step and its predecessor, of one size.
        field, trust
            (2, h, w) and (h, w) float32; kept, so do not change them.

        Raises
        ------
        ValueError
            If they are not of the size that frames of this size are solved on.
        """
        started = time.perf_counter()
        shape = frame.image.shape[:2]
        chosen = parameters(self.settings.flow, shape)
        self._keep_room_for(shape, chosen)
        level = chosen.bottom(shape)
        solved_on = tuple(-(-side >> level) for side in shape)
        if field.shape != (2, *solved_on) or trust.shape != solved_on or previous.image.shape[:2] != shape:
            raise ValueError(f"field and trust must be on a grid of {solved_on}, got {field.shape} and {trust.shape}")
        self._steps, self._frame, self._pyramid = self._steps + 1, frame, []
        self._field, self._trust = field, trust
        flow, confident = _spread(field, trust, shape, level)
        gap_s = frame.pts_s - previous.pts_s
        return Motion(frame, flow, confident, gap_s, self.settings, compute_s=time.perf_counter() - started)

    def _keep_room_for(self, shape: tuple[int, ...], chosen: flow_kernels.Parameters) -> None:
        """Let go of buffers made for other sizes."""
        sizes = shape, chosen.finest, chosen.levels, chosen.delta > 0
        if sizes != self._sizes:
            self._sizes, self._workspace = sizes, flow_kernels.Workspace()

    def _levels(self, frame: Frame, chosen: flow_kernels.Parameters, turn: int) -> list[Array]:
        """Return the pyramid of a frame, in one of two sets of buffers that take turns."""
        room = partial(self._workspace.room, f"frame {turn % 2}")
        return pyramid.gaussian_planes(planes(frame.image, chosen, room), chosen.top(frame.image.shape[:2]) + 1, room)

    def _take_predecessor(self, previous: Frame | None, current: list[Array], chosen: flow_kernels.Parameters) -> None:
        """Make ``previous``, or else the frame of the last step, what ``current`` can be compared with."""
        if previous is not None and previous is not self._frame:
            if self._frame is None or not 0.0 <= previous.pts_s - self._frame.pts_s <= LONGEST_CARRY_S:
                self._field = None
            self._frame, self._pyramid = previous, []
        last = self._frame
        if last is None or last.image.shape[:2] != current[0].shape[1:]:
            self._pyramid = []
        elif _kinds(self._pyramid) != _kinds(current):
            self._pyramid = self._levels(last, chosen, self._steps)

    def _measure(
        self,
        current: list[Array],
        before: list[Array],
        chosen: flow_kernels.Parameters,
        recorder: TraceRecorder | None,
    ) -> tuple[Array, Array]:
        """Return the motion that led from the frame before to the current one, and how far it can be trusted."""
        shape, room = current[0].shape[1:], self._workspace.room
        level = chosen.bottom(shape)
        level_shape = current[level].shape[1:]
        expected = None
        if self._field is not None and self._field.shape[1:] == level_shape:
            expected = flow_kernels.carry(self._field, room("expected", self._field.shape))
        descend = partial(flow_kernels.coarse_to_fine, workspace=self._workspace)
        field = room("field", (2, *level_shape))
        self._field = None  # unless all goes well
        field[:] = descend(current, before, chosen, initial=expected, prior=expected, trace=recorder)
        coarser = replace(chosen, finest=chosen.finest + 1, levels=chosen.levels - 1) if chosen.levels > 1 else chosen
        back = room("back", field.shape)
        factor = 2 ** (coarser.bottom(shape) - level)
        upsample_flow(descend(before, current, coarser), level_shape, back, factor=factor)
        trust = confidence(current[level][0], before[level][0], field, room=room)
        np.minimum(trust, consistency(field, back, scale=2**level, room=room), out=trust)
        self._field, self._trust = field, trust
        return _spread(field, trust, shape, level)


def _spread(field: Array, trust: Array, shape: tuple[int, int], level: int) -> tuple[Array, Array]:
    """Return the motion to a frame and its confidence on the frame's grid, from those of the level solved on."""
    return upsample_flow(-field, shape, factor=2**level), upsample_plane(trust, shape, factor=2**level)


def _kinds(levels: list[Array]) -> list[tuple[Any, ...]]:
    """Return what two pyramids must have in common to be compared."""
    return [(level.shape, level.dtype) for level in levels]


def _workspace(shape: tuple[int, ...]) -> flow_kernels.Workspace:
    """Return this thread's buffers for pictures of a shape, or new ones for large pictures."""
    if int(np.prod(shape)) > _KEPT_PX:
        return flow_kernels.Workspace()
    if getattr(_KEPT, "shape", None) != shape:
        _KEPT.shape, _KEPT.workspace = shape, flow_kernels.Workspace()
    kept: flow_kernels.Workspace = _KEPT.workspace
    return kept


def estimate_flow(
    image0: Any, image1: Any, preset: str = "balanced", flow0: Any = None, *, colour: float = 0.0
) -> Array:
    """Estimate how every pixel of ``image0`` moves to its place in ``image1``.

    Minimises brightness and gradient constancy plus smoothness, ``E(w) = Σ λ ψ(r₀²) + γ ψ(r₁² + r₂²) + α Σ ψ(|∇w|²)``,
    by gradient descent, coarse to fine; see :mod:`kernels.energy`.

    Parameters
    ----------
    image0, image1 : array_like
        (H, W), (H, W, 3) RGB or (H, W, 4); uint8, uint16, or float in [0, 1]. Equal sizes, H, W ≥ 1.
    preset : str
        "live", "balanced" or "accurate": fast to precise.
    flow0 : array_like, optional
        (H, W, 2) px: a field to start from and stay near, such as that of the last pair of a video.
    colour : float
        Weight δ ≥ 0 of colour constancy, 1 for as much as the gradient's; 0 looks at grey values only.

    Returns
    -------
    ndarray
        (H, W, 2) float32: px to the right and down, as OpenCV's ``calc`` returns. Equal images give exactly zero,
        but for ``flow0``.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers of a known dtype.
    ValueError
        If sizes differ, a value is NaN or infinite or the preset is unknown; the message names the argument.

    References
    ----------
    T. Brox, A. Bruhn, N. Papenberg, J. Weickert, "High accuracy optical flow estimation based on a theory for
    warping", ECCV 2004.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.zeros((32, 32), np.uint8)
    >>> estimate_flow(image, image).shape
    (32, 32, 2)
    """
    if preset not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
    initial = None
    if flow0 is not None:
        if np.ndim(flow0) != 3 or np.shape(flow0)[2] != 2:
            raise ValueError(f"flow0 must have shape (H, W, 2), got {np.shape(flow0)}")
        initial = as_flow(np.moveaxis(np.asarray(flow0), 2, 0), "flow0")
    chosen = replace(parameters(PRESETS[preset]), delta=colour)
    workspace = _workspace(np.shape(image0)[:2])
    first, second = (
        _sound(planes(image, chosen, partial(workspace.room, name), name), name)
        for name, image in (("image0", image0), ("image1", image1))
    )
    same_shape(image0=first, image1=second)
    if len(first) != len(second):  # colour beside grey
        first, second = first[:1], second[:1]
    shape = first.shape[1:]
    if initial is not None:
        same_shape(image0=first, flow0=initial)
    flow = flow_kernels.estimate_coarsely(first, second, chosen, initial=initial, workspace=workspace)
    return upsample_pixels(flow, shape, factor=2 ** chosen.bottom(shape))


def _sound(values: Array, name: str) -> Array:
    """Return grey values, float32 ones only if none is NaN or infinite."""
    return values if values.dtype == np.uint8 else as_planes(values, name)
