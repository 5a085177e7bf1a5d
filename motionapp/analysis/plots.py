"""Pictures of a run for people to publish: drawn from its table and its summary, with axes, units and scales."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from motionapp.analysis.curves import isolated, read_curves
from motionapp.analysis.figures import Labels, draw_image, new_figure, our_style, scale_end
from motionapp.analysis.measuring import Row
from motionapp.analysis.regions import WHOLE
from motionapp.analysis.summary import BINS, Summary
from motionapp.measures import LEAST_MOVING_PX
from motionapp.types import Array
from motionapp.wholefile import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 150
#: All pictures there are.
NAMES = ("over-time", "motiongram-x", "motiongram-y", "heat", "energy", "rose")
#: The blue of the arrows for the whole picture; for regions M. Okabe and K. Ito's colours, told apart by everyone.
_BLUE = "#2a6df4"
_REGIONS = ("#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b8a800", "#000000")
_TIME_STEPS = 1600
#: Slimmer pictures are drawn wider than they are.
_SLIMMEST = 6.0
_NEVER, _SELDOM = "grey: not measured", "grey: measured in less than a tenth of the frames"


def write_plots(
    table: Path | Iterable[Row],
    summary: Summary,
    stem: Path,
    labels: Labels,
    overwrite: bool = False,
    names: Sequence[str] = NAMES,
) -> list[Path]:
    """Draw the pictures of a run as PNG of 150 dpi: ``STEM_over-time.png``, ``STEM_heat.png`` and so on.

    Parameters
    ----------
    table : Path or iterable of Row
        The run's CSV file, or its rows.
    summary : Summary
        Of the same motions.
    stem : Path
        Where to, without suffix; the folder exists.
    labels : Labels
        Title, note and unit.
    overwrite : bool
        Whether files of these names may be replaced.
    names : sequence of str
        Which pictures; all by default.

    Raises
    ------
    MotionError
        If the table cannot be read or a file cannot be written; the message names it.
    """
    drawings: dict[str, Callable[[], Figure]] = {
        "over-time": lambda: _over_time(table, labels),
        "motiongram-x": lambda: _motiongram(summary, "x", labels),
        "motiongram-y": lambda: _motiongram(summary, "y", labels),
        "heat": lambda: _heat(summary, labels),
        "energy": lambda: _energy(summary, labels),
        "rose": lambda: _rose(summary, labels),
    }
    paths = []
    for name in names:  # one figure is held at a time
        path = stem.with_name(f"{stem.name}_{name}.png")
        with our_style():
            figure = drawings[name]()
            write_whole(path, partial(figure.savefig, format="png", dpi=DPI), overwrite)
        paths.append(path)
    return paths


def _over_time(table: Path | Iterable[Row], labels: Labels) -> Figure:
    suffix = "_px_s" if labels.mm_per_px is None else "_mm_s"
    scale = 1.0
    if not isinstance(table, Path) and labels.mm_per_px is not None:
        suffix, scale = "_px_s", labels.mm_per_px
    mean, p95 = f"mean{suffix}", f"p95{suffix}"
    curves = read_curves(table, (mean, p95))
    figure, axes = new_figure(7.0, 3.0, labels, "Speed over time")
    for number, (region, curve) in enumerate(curves.items()):
        colour = _BLUE if region == WHOLE else _REGIONS[(number - 1) % len(_REGIONS)]
        label = f"mean of {'whole picture' if region == WHOLE else region}"
        speeds = scale * curve.values[mean]
        axes.plot(curve.time_s, speeds, color=colour, label=label, zorder=3 - 0.01 * number)
        alone = isolated(speeds)
        axes.plot(curve.time_s[alone], speeds[alone], ".", color=colour, ms=3.0)
        if len(curves) == 1:
            axes.plot(curve.time_s, scale * curve.values[p95], color=colour, alpha=0.4, lw=0.9, label="95th percentile")
    each = max((curve.frames for curve in curves.values()), default=1)
    axes.set_xlabel("time (s)" if each == 1 else f"time (s), averages of {each} frames")
    axes.set_ylabel(f"speed ({labels.unit})")
    axes.set_ylim(bottom=0.0)
    axes.margins(x=0.0)
    axes.grid(axis="y", color="#e7e9ee", lw=0.7)
    axes.set_axisbelow(True)
    if not curves:
        return figure
    named = axes.get_legend_handles_labels()[1]
    if sum(map(len, named)) <= 50:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(named), fontsize=8, borderaxespad=0.2)
    else:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
    return figure


def _motiongram(summary: Summary, axis: str, labels: Labels) -> Figure:
    """Draw the mean speed of columns or rows over time; what lies left or up is above."""
    what = "columns" if axis == "x" else "rows"
    figure, axes = new_figure(7.0, 3.4, labels, f"Motiongram: mean speed of the picture's {what} over time")
    length = summary.width if axis == "x" else summary.height
    gram, begin, end = _evenly(summary.motiongram(axis), summary.times())
    values = gram.T * (labels.mm_per_px or 1.0)
    extent = (begin, end, length, 0.0)
    draw_image(
        figure, axes, values, extent, "inferno", f"mean speed ({labels.unit})", scale_end(values), _NEVER, "auto"
    )
    axes.set_xlabel("time (s)")
    axes.set_ylabel("x (px), left above" if axis == "x" else "y (px)")
    return figure


def _evenly(lines: Array, times: Array) -> tuple[Array, float, float]:
    """Return the lines at even moments, NaN where there is none, and when they begin and end."""
    if len(lines) == 0 or times[-1, 1] <= times[0, 0]:
        return np.full((1, lines.shape[1]), np.nan), 0.0, 1.0
    begin, end = float(times[0, 0]), float(times[-1, 1])
    shortest = float(np.diff(times, axis=1).min())
    steps = min(_TIME_STEPS, max(1, math.ceil((end - begin) / max(shortest, 1e-6) - 1e-6)))
    moments = begin + (np.arange(steps) + 0.5) * (end - begin) / steps
    at = np.minimum(np.searchsorted(times[:, 1], moments), len(times) - 1)
    even = lines[at]
    even[moments < times[at, 0]] = np.nan
    return even, begin, end


def _heat(summary: Summary, labels: Labels) -> Figure:
    figure, axes = _map_figure(summary, labels, "Heat map: mean speed while measured")
    values, extent = summary.mean_speed() * (labels.mm_per_px or 1.0), (0.0, summary.width, summary.height, 0.0)
    draw_image(
        figure,
        axes,
        values,
        extent,
        "inferno",
        f"mean speed ({labels.unit})",
        scale_end(values),
        _SELDOM,
        _aspect(summary),
    )
    return figure


def _energy(summary: Summary, labels: Labels) -> Figure:
    figure, axes = _map_figure(summary, labels, "Motion energy: how often it moved")
    label = f"part of frames with more than {LEAST_MOVING_PX:g} px of motion (%)"
    part, extent = 100.0 * summary.moving_part(), (0.0, summary.width, summary.height, 0.0)
    draw_image(figure, axes, part, extent, "viridis", label, scale_end(part, 100.0), _SELDOM, _aspect(summary))
    return figure


def _map_figure(summary: Summary, labels: Labels, what: str) -> tuple[Figure, Axes]:
    """Return a figure with axes in px of the picture, of a size that suits its shape."""
    ratio = min(max(summary.height / summary.width, 1.0 / _SLIMMEST), _SLIMMEST)
    width, height = (5.2, 5.2 * ratio) if ratio <= 1.0 else (4.6 / ratio, 4.6)
    figure, axes = new_figure(max(4.2, width + 1.6), max(1.2, height) + 1.1, labels, what)
    axes.set_xlabel("x (px)")
    axes.set_ylabel("y (px)")
    return figure, axes


def _aspect(summary: Summary) -> Literal["equal", "auto"]:
    return "equal" if max(summary.height, summary.width) <= _SLIMMEST * min(summary.height, summary.width) else "auto"


def _rose(summary: Summary, labels: Labels) -> Figure:
    from matplotlib.ticker import MaxNLocator

    figure, axes = new_figure(
        5.0, 5.3, labels, "Directions of motion, weighted by speed", projection="polar", title_pad=62.0
    )
    parts, width = 100.0 * summary.rose(), 2.0 * math.pi / BINS
    axes.bar(np.arange(BINS) * width, parts, width=0.92 * width, color=_BLUE, zorder=1)
    names = ["right 0°", "45°", "up 90°", "135°", "left 180°", "225°", "down 270°", "315°"]
    axes.set_xticks(np.arange(8) * math.pi / 4.0, names)
    axes.tick_params(axis="x", pad=13.0)
    axes.set_ylim(0.0, max(scale_end(parts, 100.0), float(parts.max())))
    axes.yaxis.set_major_locator(MaxNLocator(4, prune="lower"))
    free = [22.5 + 45.0 * turn for turn in range(8)]
    polar: Any = axes
    polar.set_rlabel_position(min(free, key=lambda degrees: parts[round(degrees / 10.0) % BINS]))
    for label in axes.get_yticklabels():
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0})
    axes.set_axisbelow(False)
    axes.grid(color="#c9ced8", lw=0.6)
    axes.spines["polar"].set_visible(False)
    axes.set_xlabel("length of a bar: part of all motion in its direction (%)", labelpad=8)
    return figure
