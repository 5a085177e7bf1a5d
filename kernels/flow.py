"""Dense motion between two pictures: the functional of :mod:`kernels.energy` minimised coarse to fine with warping."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from kernels import bands, descent, energy, pyramid, solver
from kernels._jit import core
from kernels.barrier import meet
from kernels.checks import as_flow, as_planes, same_shape
from kernels.colour import opponents
from kernels.energy import bound_core, edges_core, energy_core
from kernels.exposure import matched
from kernels.linearise import GREY_PLANES, linearise_core
from kernels.median import weighted_median_core
from kernels.patches import rescued
from kernels.solver import descend_core
from kernels.warp import upsample_core, upsample_flow, warp

Array = np.ndarray[Any, Any]

#: No pyramid goes on to a level with a side shorter than this.
COARSEST_PX = 7

#: Lost patches are looked for on this pyramid level, where it is solved.
RESCUED_LEVEL = 1

PENALTIES = ("charbonnier", "quadratic")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What to minimise, and how.

    ``finest`` is the last pyramid level solved (0 full size, 1 half …) and ``levels`` how many there are at most.
    On the finest and the next the data term is linearised ``warps`` times, on those above ``coarse_warps`` times: an
    error costs more there and a warp hardly anything. Each time ``iterations`` steps of ``method`` are taken with the
    part ``step`` of the largest step size that is sure not to diverge. The others are the functional's; ``delta``
    counts only for pictures with colour.

    Raises
    ------
    ValueError
        Naming the parameter that is out of range.
    """

    finest: int = 1
    levels: int = 10
    warps: int = 3
    coarse_warps: int = 6
    iterations: int = 12
    step: float = 0.8
    method: str = "momentum"
    alpha: float = 1.0
    beta: float = 0.05
    gamma: float = 1.0
    delta: float = 0.0
    brightness: float = 0.5
    kappa: float = 20.0
    penalty: str = "charbonnier"

    def __post_init__(self) -> None:
        for name, least in (("finest", 0), ("levels", 1), ("warps", 1), ("coarse_warps", 1), ("iterations", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be {least} or more, got {getattr(self, name)}")
        for name in ("alpha", "beta", "gamma", "delta", "brightness", "kappa", "step"):
            if not (np.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise ValueError(f"{name} must be finite and not negative, got {getattr(self, name)}")
        if self.method not in descent.METHODS:
            raise ValueError(f"method must be one of {', '.join(descent.METHODS)}, got {self.method!r}")
        if self.penalty not in PENALTIES:
            raise ValueError(f"penalty must be one of {', '.join(PENALTIES)}, got {self.penalty!r}")

    def warps_on(self, level: int) -> int:
        """Return how often the data term is linearised on a pyramid level."""
        return self.warps if level <= self.finest + 1 else self.coarse_warps

    def top(self, shape: tuple[int, int]) -> int:
        """Return the coarsest pyramid level used for pictures of ``shape``."""
        side, level = min(shape), 0
        while level < self.finest + self.levels - 1 and (side + 1) // 2 >= COARSEST_PX:
            side, level = (side + 1) // 2, level + 1
        return level

    def bottom(self, shape: tuple[int, int]) -> int:
        """Return the finest pyramid level used for pictures of ``shape``."""
        return min(self.finest, self.top(shape))


class Level:
    """The system and the fields of one pyramid level, made once and reused.

    ``flow`` is the field so far, ``moved`` where the descent puts it, ``velocity`` and ``velocity_moved`` the same of
    its velocity; all are views of ``fields``, (4, 2, H, W).
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.system = np.empty((solver.SYSTEM_PLANES, *shape), np.float32)
        self.alphas = np.empty((2, *shape), np.float32)
        self.fields = np.zeros((4, 2, *shape), np.float32)
        self.flow, self.moved, self.velocity, self.velocity_moved = self.fields


class Workspace:
    """Buffers kept from call to call: memory that is new costs as much time as a descent step on it."""

    def __init__(self) -> None:
        self._levels: dict[tuple[int, int], Level] = {}
        self._rooms: dict[tuple[str, tuple[int, ...]], Array] = {}

    def level(self, shape: tuple[int, int]) -> Level:
        """Return the buffers for a level of ``shape``."""
        if shape not in self._levels:
            self._levels[shape] = Level(shape)
        return self._levels[shape]

    def room(self, name: str, shape: tuple[int, ...]) -> Array:
        """Return the float32 array of this name and shape, with whatever was left in it."""
        if (name, shape) not in self._rooms:
            self._rooms[name, shape] = np.empty(shape, np.float32)
        return self._rooms[name, shape]


def _flow_pyramid(flow: Array, levels: int) -> list[Array]:
    """Return a field on ``levels`` levels: reduced like a picture, values halved with the pixels."""
    fields = [flow]
    for _ in range(levels - 1):
        fields.append(np.stack([pyramid.reduce(component) for component in fields[-1]]) * np.float32(0.5))
    return fields


@core
def _minimise_core(image0, image1, prior, weights, rule, step, alphas, system, fields, warps, counter, members, y0, y1):
    """Do all warps of a level; bands meet before each pass that reads rows of others."""
    flow, moved, velocity, velocity_moved = fields[0], fields[1], fields[2], fields[3]
    limit, met = np.float32(max(image0.shape)), np.int64(0)
    edges_core(image0[0], weights, alphas, y0, y1)
    for _ in range(warps):
        bound_core(image0, image1, flow, prior, alphas, weights, system, y0, y1)
        velocity[:, y0:y1] = np.float32(0)
        met = meet(counter, members, met)
        descend_core(system, flow, velocity, rule, step, moved, velocity_moved, y0, y1)
        met = meet(counter, members, met)
        weighted_median_core(image0[0], moved, limit, flow, y0, y1)
        met = meet(counter, members, met)


@core
def _trace_core(
    image0,
    image1,
    prior,
    weights,
    rule,
    step,
    alphas,
    system,
    fields,
    constraints,
    sums,
    values,
    kept,
    counter,
    members,
    y0,
    y1,
):
    """Do as :func:`_minimise_core`, step by step, and write the terms after each to ``values`` (warps, steps, 3).

    And the fields to ``kept`` (warps, steps, 2, H, W), where it is that long.
    """
    flow, moved, velocity, velocity_moved = fields[0], fields[1], fields[2], fields[3]
    limit, met = np.float32(max(image0.shape)), np.int64(0)
    edges_core(image0[0], weights, alphas, y0, y1)
    for warp_number in range(len(values)):
        linearise_core(image0, image1, flow, constraints, y0, y1)
        bound_core(image0, image1, flow, prior, alphas, weights, system, y0, y1)
        velocity[:, y0:y1] = np.float32(0)
        met = meet(counter, members, met)
        for k in range(len(rule)):
            descend_core(system, flow, velocity, rule[k : k + 1], step, moved, velocity_moved, y0, y1)
            met = meet(counter, members, met)
            flow[:, y0:y1] = moved[:, y0:y1]
            velocity[:, y0:y1] = velocity_moved[:, y0:y1]
            if kept.shape[1] > k:
                kept[warp_number, k, :, y0:y1] = moved[:, y0:y1]
            met = meet(counter, members, met)
            energy_core(constraints, flow, prior, alphas, weights, sums, y0, y1)
            met = meet(counter, members, met)
            if y0 == 0:
                for term in range(3):
                    values[warp_number, k, term] = sums[:, term].sum() / image0[0].size
        weighted_median_core(image0[0], moved, limit, flow, y0, y1)
        met = meet(counter, members, met)


class _Plan:
    """What does not change from level to level, as the cores take it: weights of the terms, rule and step size."""

    def __init__(self, parameters: Parameters, with_prior: bool) -> None:
        self.parameters = parameters
        self.weights = energy.Weights(
            alpha=parameters.alpha,
            beta=parameters.beta if with_prior else 0.0,
            gamma=parameters.gamma,
            kappa=parameters.kappa,
            robust=parameters.penalty == "charbonnier",
            delta=parameters.delta,
            brightness=parameters.brightness,
        ).as_array()
        self.rule = descent.coefficients(parameters.method, parameters.iterations)
        self.step = np.float32(parameters.step * descent.LARGEST_STEP[parameters.method])

    def minimise(
        self,
        level: Level,
        images: tuple[Array, Array],
        prior: Array | None,
        trace: descent.TraceRecorder | None,
        number: int,
    ) -> None:
        """Lower the functional on one pyramid level, from ``level.flow`` to ``level.flow``."""
        (channels, height, width), warps = images[0].shape, self.parameters.warps_on(number)
        prior = level.flow if prior is None else prior
        arguments = *images, prior, self.weights, self.rule, self.step, level.alphas, level.system, level.fields
        if trace is None:
            bands.run_together(_minimise_core, *arguments, warps, height=height, width=width)
            return
        constraints = np.empty((GREY_PLANES + 3 * (channels - 1), height, width), np.float32)
        sums = np.empty((height, len(energy.TERMS)), np.float64)
        values = np.empty((warps, len(self.rule), len(energy.TERMS)), np.float64)
        kept = np.empty((warps, len(self.rule) if trace.keeps_fields else 0, 2, height, width), np.float32)
        bands.run_together(_trace_core, *arguments, constraints, sums, values, kept, height=height, width=width)
        for warp_number in range(warps):
            for terms in values[warp_number]:
                trace.add(number, warp_number, tuple(terms))
        trace.fields.extend(kept.reshape(-1, 2, height, width))


def coarse_to_fine(
    pyramid0: list[Array],
    pyramid1: list[Array],
    parameters: Parameters,
    *,
    initial: Array | None = None,
    prior: Array | None = None,
    trace: descent.TraceRecorder | None = None,
    workspace: Workspace | None = None,
) -> Array:
    """Minimise the functional level by level and return the field of the finest level solved.

    Parameters
    ----------
    pyramid0, pyramid1
        Gaussian pyramids of both pictures as (1, h, w) or (3, h, w) planes, grey values first and then colour as
        :func:`kernels.colour.opponents` has it; level 0 first, at least ``parameters.top(shape) + 1`` levels.
    parameters
        What to minimise, and how.
    initial, prior
        (2, h, w) float32 on the finest level solved, in its px: where the coarsest level starts (otherwise at rest),
        and the field ŵ of the temporal term (otherwise none).
    trace
        Collects every term after every step, at some cost; the result is the same to the bit.
    workspace
        Buffers to reuse. The result is one of them: copy it to keep it beyond the next call.

    Returns
    -------
    (2, h, w) float32 on level ``parameters.bottom(shape)``, in px of that level.
    """
    workspace = workspace or Workspace()
    shape = pyramid0[0].shape[1:]
    top, bottom = parameters.top(shape), parameters.bottom(shape)
    starts = None if initial is None else _flow_pyramid(initial, top - bottom + 1)
    if prior is None or parameters.beta == 0:
        priors = None
    else:
        priors = starts if prior is initial else _flow_pyramid(prior, top - bottom + 1)
    plan = _Plan(parameters, priors is not None)
    coarser: Array | None = None
    for number in range(top, bottom - 1, -1):
        level = workspace.level(pyramid0[number].shape[1:])
        if coarser is not None:
            height, width = level.flow.shape[1:]
            bands.run(upsample_core, coarser, 2, np.float32(2), level.flow, height=height, width=2 * width)
            if number == RESCUED_LEVEL:
                rescued(pyramid0[number][0], pyramid1[number][0], level.flow)
        elif starts is not None:
            level.flow[:] = starts[-1]
        else:
            level.flow[:] = 0
        expected = None if priors is None else priors[number - bottom]
        plan.minimise(level, (pyramid0[number], pyramid1[number]), expected, trace, number)
        coarser = level.flow
    assert coarser is not None
    return coarser


def estimate(
    image0: Any,
    image1: Any,
    parameters: Parameters | None = None,
    *,
    initial: Any = None,
    trace: descent.TraceRecorder | None = None,
    workspace: Workspace | None = None,
) -> Array:
    """Return the field ``w`` with ``image1(x + u, y + v) ≈ image0(x, y)`` that minimises the motion functional.

    Parameters
    ----------
    image0, image1
        Real, finite, values in [0, 1], H, W ≥ 1: (H, W) grey, or (3, H, W) R, G, B.
    parameters
        What to minimise, and how; the defaults if None.
    initial
        (2, H, W) real, finite, in px: a field to start from and, with β > 0, to stay near. None: at rest.
    trace
        Collects every term of the functional after every step.
    workspace
        Buffers to reuse. The result is one of them: copy it to keep it beyond the next call.

    Returns
    -------
    (2, H, W) float32, px to the right and down. Equal pictures give exactly zero.

    Raises
    ------
    TypeError, ValueError
        If an argument is no image or flow, or sizes differ; the message names it.

    References
    ----------
    T. Brox, A. Bruhn, N. Papenberg, J. Weickert, ECCV 2004, section 3: coarse to fine by warping.

    Examples
    --------
    >>> ramp = np.add.outer(np.zeros(32), np.sin(np.arange(32) / 3) / 2 + 0.5)
    >>> bool(np.abs(estimate(ramp, ramp)).max() == 0)
    True
    """
    parameters = parameters or Parameters()
    image0, image1 = as_planes(image0, "image0"), as_planes(image1, "image1")
    if len(image0) != len(image1):
        raise ValueError("image0 and image1 must both be grey or both have colour")
    same_shape(image0=image0, image1=image1)
    shape = image0.shape[1:]
    if initial is not None:
        initial = as_flow(initial, "initial")
        same_shape(image0=image0, initial=initial)
    workspace = workspace or Workspace()
    flow = estimate_coarsely(image0, image1, parameters, initial=initial, trace=trace, workspace=workspace)
    factor = 2 ** parameters.bottom(shape)
    return upsample_flow(flow, shape, workspace.room("flow", (2, *shape)), factor=factor)


def estimate_coarsely(
    image0: Array,
    image1: Array,
    parameters: Parameters,
    *,
    initial: Array | None = None,
    trace: descent.TraceRecorder | None = None,
    workspace: Workspace | None = None,
) -> Array:
    """Return what :func:`estimate` does, of planes known to be sound, on the finest level solved and in its px.

    ``image0`` and ``image1`` are (1, H, W) grey or (3, H, W) R, G, B; ``initial`` is (2, H, W), px of the picture.
    """
    workspace = workspace or Workspace()
    shape = image0.shape[1:]
    levels, bottom = parameters.top(shape) + 1, parameters.bottom(shape)
    start = None if initial is None else _flow_pyramid(initial, bottom + 1)[-1]
    pyramid0, pyramid1 = (
        pyramid.gaussian_planes(opponents(image, parameters.delta > 0), levels, partial(workspace.room, name))
        for name, image in (("image0", image0), ("image1", image1))
    )
    return coarse_to_fine(
        pyramid0, matched(pyramid0, pyramid1), parameters,
        initial=start, prior=start, trace=trace, workspace=workspace,
    )  # fmt: skip


def carry(flow: Array, out: Array | None = None) -> Array:
    """Carry a field along its own motion to the next frame: ``out(x) = w(x + w(x))``.

    For a field that leads from a frame back to the one before, this is what the next frame can expect.

    Parameters
    ----------
    flow
        (2, H, W) float32 in px.
    out
        (2, H, W) float32, apart from ``flow``; allocated if None.

    Returns
    -------
    (2, H, W) float32 in px.
    """
    out = np.empty_like(flow) if out is None else out
    for component in range(2):
        warp(flow[component], flow, out[component])
    return out
