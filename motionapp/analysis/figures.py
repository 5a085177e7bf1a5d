"""What all pictures of a run share: style, title, units, and colour scales that say what they mean.

Matplotlib is imported only when something is drawn, and no display is needed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from motionapp.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _SOFT, _UNKNOWN = "#1b1f27", "#8b93a1", "#d3d6db"
_STYLE: Any = {
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.labelsize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _SOFT,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "axes.linewidth": 0.8,
    "text.color": _INK,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "lines.linewidth": 1.3,
    "legend.frameon": False,
    "text.parse_math": False,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.constrained_layout.h_pad": 0.08,
}
#: What comes with Matplotlib, and what systems have for signs that it lacks.
_FONT, _FURTHER_FONTS = "DejaVu Sans", ("Noto Sans CJK SC", "Hiragino Sans", "Microsoft YaHei", "Malgun Gothic")
#: Pictures with no more columns are drawn with crisp cells, others are averaged to the pixels there are.
_CRISP = 900
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands around the pictures.

    ``title`` is the file's name, ``note`` a remark under it (such as what was done about the camera), ``mm_per_px``
    the calibration: with it speeds are given in mm/s.
    """

    title: str
    note: str = ""
    mm_per_px: float | None = None

    @property
    def unit(self) -> str:
        """Unit of speeds."""
        return "px/s" if self.mm_per_px is None else "mm/s"


@contextmanager
def our_style() -> Iterator[None]:
    """Draw in our own style, whatever the user's settings of Matplotlib are; signs no font has become boxes."""
    import matplotlib
    from matplotlib.font_manager import get_font_names

    fonts = [_FONT, *sorted(set(_FURTHER_FONTS).intersection(get_font_names()))]
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE | {"font.family": fonts})
        yield


def new_figure(
    width: float, height: float, labels: Labels, what: str, projection: str | None = None, title_pad: float = 24.0
) -> tuple[Figure, Axes]:
    """Return a figure of a size in inches with one pair of axes, titled; ``what`` it shows is said below the title."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    axes = figure.add_subplot(projection=projection)
    axes.set_title(labels.title, pad=title_pad)
    below = what if not labels.note else f"{what}; {labels.note}"
    axes.annotate(below, (0.0, 1.0), (0.0, title_pad - 16.0), "axes fraction", "offset points", fontsize=9)
    return figure, axes


def draw_image(
    figure: Figure,
    axes: Axes,
    values: Array,
    extent: tuple[float, float, float, float],
    colours: str,
    label: str,
    top: float,
    unknown: str,
    aspect: Literal["equal", "auto"] = "equal",
) -> None:
    """Draw values from 0 to ``top`` with their colour bar; ``unknown`` says what grey is."""
    import matplotlib

    scale = matplotlib.colormaps[colours].with_extremes(bad=_UNKNOWN)
    fine = "nearest" if values.shape[1] <= _CRISP else "auto"
    image = axes.imshow(values, scale, vmin=0.0, vmax=top, extent=extent, aspect=aspect, interpolation=fine)
    beyond = bool(np.nanmax(values, initial=0.0) > top)
    bar = figure.colorbar(image, ax=axes, extend="max" if beyond else "neither", pad=0.02, fraction=0.05, aspect=25)
    outline: Any = bar.outline
    outline.set_visible(False)
    bar.set_label(label)
    remark = f"scale to {top:g}, chosen for this file"
    if np.isnan(values).any():
        remark = f"{unknown}; {remark}"
    axes.annotate(
        remark,
        (1.0, 0.0),
        (0.0, -34.0),
        "axes fraction",
        "offset points",
        ha="right",
        va="top",
        fontsize=7,
        color=_SOFT,
    )


def scale_end(values: Array, most: float = math.inf) -> float:
    """Return the end of a scale: a round number that 99.5 % of the values stay under."""
    known = values[~np.isnan(values)]
    needed = float(np.quantile(known, 0.995)) if known.size else 0.0
    if needed <= 0.0:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(needed))
    return min(most, next(step * decade for step in _STEPS if step * decade >= needed * (1.0 - 1e-9)))
