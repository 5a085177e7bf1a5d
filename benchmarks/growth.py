"""Time against pixels as a picture: both axes in powers of ten, every preset a line, and what linear would be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import chart
from benchmarks.chart import OTHERS, OURS, SCALE
from benchmarks.cost import Cost


def draw(curves: Sequence[Sequence[Cost]], reference_px: int, subtitle: str, path: Path) -> None:
    """Write the plot as PNG; dashed lines of slope 1 go through each curve's size nearest to ``reference_px`` pixels.

    Raises
    ------
    MotionError
        If the file cannot be written.
    """
    _app = chart.application()
    canvas = _canvas(curves, reference_px, subtitle)
    chart.lay_out(canvas)
    _mark(canvas, curves)
    chart.write(canvas, path)


def _place(cost: Cost) -> tuple[float, float]:
    return math.log10(cost.pixels / 1e6), math.log10(cost.median_ms)


def _canvas(curves: Sequence[Sequence[Cost]], reference_px: int, subtitle: str) -> Any:
    """Return a plot of the lines, without points and names."""
    import pyqtgraph as pg

    places = [_place(cost) for curve in curves for cost in curve]
    xs, ys = zip(*places, strict=True)
    left, right = min(xs) - 0.12, max(xs) + 0.42
    low, high = min(ys) - 0.25, max(ys) + 0.3
    if math.ceil(low) > math.floor(high):
        low = float(math.floor(low))
    sizes = {cost.pixels: f"{cost.height}p\n{cost.pixels / 1e6:.2f}" for curve in curves for cost in curve}
    ticks = [(math.log10(pixels / 1e6), text) for pixels, text in sorted(sizes.items())]
    canvas = chart.canvas(
        "Time of one frame against its size",
        f"{subtitle} · dashed: proportional to the number of pixels",
        chart.Axis("megapixels", left, right, ticks, [x for x, _ in ticks]),
        chart.Axis("time of one frame", low, high, chart.decades(low, high), range(math.floor(low), math.ceil(high))),
    )
    plot = canvas.getPlotItem()
    dashed = pg.mkPen(OTHERS, width=0.75 * SCALE, style=_dashes())
    for curve in curves:
        x, y = _place(min(curve, key=lambda cost: abs(math.log(cost.pixels / reference_px))))
        ends = min(xs), max(xs)
        plot.plot(ends, [y + (end - x) for end in ends], pen=dashed, antialias=True)
        plot.plot(*zip(*map(_place, curve), strict=True), pen=pg.mkPen(OURS + "60", width=2 * SCALE), antialias=True)
    return canvas


def _dashes() -> Any:
    from PySide6.QtCore import Qt

    return Qt.PenStyle.DashLine


def _mark(canvas: Any, curves: Sequence[Sequence[Cost]]) -> None:
    """Draw every size as a point, and the name of the preset to the right of its curve."""
    scene = canvas.scene()
    for curve in curves:
        places = chart.places(canvas, [_place(cost) for cost in curve])
        for place in places:
            scene.addItem(_above(chart.dot(place, OURS)))
        x, y = max(places)
        name = _above(chart.words(curve[0].preset, OURS, bold=True))
        name.setPos(x + 2 * chart.RADIUS_PX, y - name.boundingRect().height() / 2)
        scene.addItem(name)


def _above(item: Any) -> Any:
    item.setZValue(10)
    return item
