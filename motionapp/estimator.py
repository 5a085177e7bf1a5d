"""From frames to motion, with nothing read or written: the estimator of live view, offline runs and library users."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np

from kernels import flow as flow_kernels
from kernels import pyramid
from kernels.checks import as_flow, as_planes, same_shape
from kernels.colour import opponents
from kernels.confidence import confidence, consistency
from kernels.descent import TraceRecorder
from kernels.energy import TERMS
from kernels.exposure import matched
from kernels.warp import upsample_flow, upsample_pixels, upsample_plane
from motionapp._cv2 import cv2
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


def grey(image: Array, out: Array | None = None, name: str = "image") -> Array:
    """Return a picture as grey values in [0, 1]: ``(H, W)`` float32.

    Parameters
    ----------
    image
        (H, W) or (H, W, 1|3|4) uint8 or uint16 over their full range, or float in [0, 1]; channels are R, G, B and
        alpha, which is ignored. Weights are those of ITU-R BT.601.
    out
        (H, W) float32 to write to; allocated if None.
    name
        What messages call the picture.

    Raises
    ------
    TypeError
        If the dtype is none of these.
    ValueError
        If the shape is none of these.
    """
    picture = np.asarray(image)
    if not picture.dtype.isnative:
        picture = picture.astype(picture.dtype.newbyteorder("="))
    if picture.dtype == np.uint8 or picture.dtype == np.uint16:
        scale = 1.0 / np.iinfo(picture.dtype).max
    elif picture.dtype.kind == "f":
        with np.errstate(over="ignore"):  # becomes infinity, and is refused as such
            picture, scale = picture.astype(np.float32), 1.0
    elif picture.dtype == np.bool_:
        picture, scale = picture.astype(np.uint8), 1.0
    else:
        raise TypeError(f"{name} must be uint8, uint16 or float, got dtype {picture.dtype}")
    return np.multiply(_one_channel(picture, name), np.float32(scale), out=out, dtype=np.float32)


def _one_channel(picture: Array, name: str) -> Array:
    """Return the grey values of a picture of any number of channels, (H, W) of its dtype."""
    shape = picture.shape
    if not (picture.ndim == 2 or (picture.ndim == 3 and shape[2] in (1, 3, 4))) or picture.size == 0:
        raise ValueError(f"{name} must have shape (H, W), (H, W, 3) or (H, W, 4) with H, W ≥ 1, got {shape}")
    if picture.ndim == 2:
        return picture
    if shape[2] == 1:
        return picture[:, :, 0]
    code = cv2.COLOR_RGB2GRAY if shape[2] == 3 else cv2.COLOR_RGBA2GRAY
    grey_values: Array = cv2.cvtColor(np.ascontiguousarray(picture), code)
    return grey_values


def planes(
    image: Array, chosen: flow_kernels.Parameters, room: Callable[[tuple[int, ...]], Array], name: str = "image"
) -> Array:
    """Return a picture as the kernels take it: its :func:`grey` values, (1, H, W), or with colour (3, H, W).

    The planes of colour are those of :func:`kernels.colour.opponents`; a grey picture has none. Grey bytes stay bytes
    where full size is not solved. ``room`` gives a float32 array of a shape to write to. Errors as :func:`grey`.
    """
    picture = np.asarray(image)
    if chosen.delta > 0 and picture.ndim == 3 and picture.shape[2] in (3, 4):
        return opponents(np.stack([grey(picture[:, :, channel], name=name) for channel in range(3)]))
    if picture.dtype == np.uint8 and chosen.finest > 0:
        values = _one_channel(picture, name)
        if chosen.bottom(values.shape) > 0:
            return np.require(values, requirements=("C", "W"))[np.newaxis]
        picture = values
    out = room((1, *picture.shape[:2])) if picture.ndim >= 2 else None
    return grey(picture, None if out is None else out[0], name).reshape(1, *picture.shape[:2])


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
        self._field = field
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
