"""The descent of the whole field, step by step: the estimator's own driver, with the field kept after every step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kernels import energy, flow, pyramid
from kernels.descent import DescentTrace, TraceRecorder
from kernels.warp import upsample_flow, warp
from motionapp import arrows
from motionapp._cv2 import cv2
from motionapp.labs.descent import Parameters, Unit
from motionapp.labs.shades import grey_picture, round_limit, signed_picture
from motionapp.labs.view import LabView
from motionapp.overlay import draw_arrows
from motionapp.settings import FlowSettings
from motionapp.types import Array, Frame

#: Pictures are reduced to this side, so that every field of the descent can be kept.
LONGEST_PX = 320
#: Pictures are enlarged to about this side, so that arrows are fine lines on coarse pixels.
_SHOWN_PX = 640
_GRID_PX = 28
_FRAME_S = 1.0
#: Of these grey levels what is left between the pictures is told.
_LEVELS = np.float32(255)
#: The weights that are not parameters of the lab: of brightness, gradient and edges.
WEIGHTS = FlowSettings()


@dataclass(frozen=True, slots=True)
class Run:
    """A whole descent: the two pictures on every pyramid level, its trace, and the field after each of its steps."""

    firsts: tuple[Array, ...]
    seconds: tuple[Array, ...]
    trace: DescentTrace
    fields: tuple[Array, ...]

    def __len__(self) -> int:
        return len(self.fields)


@dataclass(frozen=True, slots=True)
class Moment:
    """The descent after ``step`` steps: where it is, and pictures (H, W, 3) uint8 RGB of it.

    ``arrows`` lie over the first picture of the level, ``warped`` is the second brought back by the field, ``residual``
    what is left between them, from −``limit`` to ``limit``, ``difference`` its root mean square, in grey levels of 255.
    ``trace`` is what led here.
    """

    step: int
    level: int
    warp: int
    iteration: int
    arrows: Array
    warped: Array
    residual: Array
    limit: float
    difference: float
    trace: DescentTrace


class Newest:
    """Keeps the newest run: every step asks for it again."""

    def __init__(self, longest_px: int = LONGEST_PX) -> None:
        self._longest_px = longest_px
        self._made: tuple[Frame, Parameters, Run] | None = None

    def run(self, view: LabView, parameters: Parameters) -> Run:
        """Return :func:`run` of the view; the same object again for the same frame and descent."""
        chosen = replace(parameters, page="field", unit="iteration")
        if self._made is None or self._made[0] is not view.frame or self._made[1] != chosen:
            self._made = view.frame, chosen, run(view, chosen, self._longest_px)
        return self._made[2]


def run(view: LabView, parameters: Parameters, longest_px: int = LONGEST_PX) -> Run:
    """Descend from rest on the two newest frames of ``view``, reduced to that side, and keep every step."""
    small = view.within(longest_px)
    first = small.grey if small.previous_grey is None else small.previous_grey
    chosen = flow.Parameters(
        finest=0,
        warps=3,
        coarse_warps=3,
        iterations=12,
        step=parameters.field_step,
        method=parameters.method,
        alpha=parameters.alpha,
        beta=0.0,
        gamma=WEIGHTS.gamma,
        brightness=WEIGHTS.brightness,
        kappa=WEIGHTS.kappa,
        penalty=parameters.penalty,
    )
    recorder = TraceRecorder(*energy.TERMS, keeps_fields=True)
    with np.errstate(over="ignore", invalid="ignore"):
        flow.estimate(first, small.grey, chosen, trace=recorder)
    levels = chosen.top(first.shape) + 1
    firsts, seconds = (tuple(pyramid.gaussian(image, levels)) for image in (first, small.grey))
    return Run(firsts, seconds, recorder.finish(), tuple(recorder.fields))


def following(run: Run, step: int, unit: Unit) -> int:
    """Return how many steps are done after one more iteration, warp or level; from the end, none."""
    if step >= len(run):
        return 0
    if unit == "iteration":
        return step + 1
    places = np.stack([run.trace.stage, run.trace.round if unit == "warp" else np.zeros_like(run.trace.round)])
    ends = np.append(np.flatnonzero(np.any(np.diff(places, axis=1) != 0, axis=0)) + 1, len(run))
    return int(ends[np.searchsorted(ends, step, side="right")])


def moment(run: Run, step: int) -> Moment:
    """Return the descent after ``step`` steps, 0 … len(run)."""
    step = min(max(step, 0), len(run))
    at = max(0, step - 1)
    trace = run.trace
    level, warps = int(trace.stage[at]), int(trace.round[at])
    first, second = run.firsts[level], run.seconds[level]
    field = run.fields[at] if step else np.zeros((2, *first.shape), np.float32)
    field = _shown(field)
    warped = warp(second, field, order="cubic")
    left, limit = _LEVELS * (warped - first), round_limit(_LEVELS * (run.seconds[0] - run.firsts[0]))
    same = (trace.stage == level) & (trace.round == warps)
    return Moment(
        step=step,
        level=level,
        warp=warps + 1,
        iteration=step and int(np.count_nonzero(same[:step])),
        arrows=_arrows(run, first, field),
        warped=_enlarged(grey_picture(warped), run.firsts[0].shape),
        residual=_enlarged(signed_picture(left, limit), run.firsts[0].shape),
        limit=limit,
        difference=float(np.sqrt((left.astype(np.float64) ** 2).mean())),
        trace=DescentTrace(trace.terms, trace.values[:step], trace.stage[:step], trace.round[:step]),
    )


def _shown(field: Array) -> Array:
    """Return a field that can be drawn even where it diverged: nothing goes further than across the picture."""
    side = float(max(field.shape[1:]))
    return np.clip(np.nan_to_num(field, nan=0.0, posinf=0.0, neginf=0.0), -side, side)


def _enlargement(shape: tuple[int, ...]) -> int:
    """Return how many px wide a pixel of the finest level is shown."""
    return max(1, _SHOWN_PX // max(shape))


def _enlarged(picture: Array, shape: tuple[int, ...]) -> Array:
    """Return a picture of any level in one size, its pixels as squares."""
    size = shape[1] * _enlargement(shape), shape[0] * _enlargement(shape)
    return np.ascontiguousarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST))


def _arrows(run: Run, first: Array, field: Array) -> Array:
    """Return the first picture of a level with the field's arrows, as long as those of the whole run will be."""
    shape = run.firsts[0].shape
    background = _enlarged(grey_picture(first), shape)
    full = _full_size(field, shape) * np.float32(_enlargement(shape))
    large = np.stack([cv2.resize(part, background.shape[1::-1], interpolation=cv2.INTER_LINEAR) for part in full])
    samples = arrows.sample(large, np.ones(background.shape[:2], np.float32), _GRID_PX)
    shown = samples.where(arrows.moving(samples, 0.5))
    draw_arrows(background, arrows.outline(shown, _scale(run), _FRAME_S), by_speed=False)
    return background


def _scale(run: Run) -> float:
    """Return how long arrows are per px of motion: the fast ones of the last field are one and a half cells long."""
    last = _shown(run.fields[-1])
    fast = float(np.quantile(np.hypot(*last), 0.98)) * _enlargement(run.firsts[0].shape)
    return float(np.clip(1.5 * _GRID_PX / max(fast, 1.0), 1.0, 12.0))


def _full_size(field: Array, shape: tuple[int, ...]) -> Array:
    """Return a field of any level in px of the finest one."""
    level = 0
    while -(-shape[0] // 2**level) > field.shape[1]:
        level += 1
    return upsample_flow(field, (shape[0], shape[1]), factor=2**level) if level else field
