"""The steerable lab: an angle dial for derivatives, the bands of the steerable pyramid, four transforms compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from kernels.steerable import Part
from motionapp.labs import panels, steerable
from motionapp.labs.view import LabView
from ui.labs.angle_dial import AngleDial
from ui.labs.lab import PAIR, pair_of, refusal
from ui.labs.pages import PagedLab
from ui.labs.panel_page import PanelPage

_PAGES = (
    ("derivative", "Steered derivatives", "A derivative in any direction from a few filters"),
    ("bands", "Bands", "The steerable pyramid; click a band to leave it out"),
    ("transforms", "Four transforms", "Fourier, Gaussian, Laplacian and steerable, one coefficient in each"),
)

_ALPHA = "<sup><i>α</i></sup>"
_FORMULAS = {
    "derivative": f"<i>g</i>{_ALPHA} = cos <i>α</i> · <i>g</i><sub>x</sub> + sin <i>α</i> · <i>g</i><sub>y</sub> "
    "&nbsp;·&nbsp; order <i>N</i> takes <i>N</i> + 1 filters",
    "bands": "cos<sup><i>N</i></sup>(<i>θ</i> − <i>α</i>) = Σ<sub><i>b</i></sub> <i>w</i><sub><i>b</i></sub>(<i>α</i>) "
    "cos<sup><i>N</i></sup>(<i>θ</i> − <i>πb</i>/(<i>N</i>+1)) &nbsp;·&nbsp; Σ |masks|² = 1",
    "transforms": "coefficient = Σ <i>w</i>&thinsp;[<i>m, n</i>] · <i>I</i>&thinsp;[<i>m, n</i>]",
}
_OF_ANY_ORDER = (
    f"<i>g</i>{_ALPHA} = Σ<sub><i>k</i></sub> <i>C</i>(<i>N, k</i>) cos<sup><i>N−k</i></sup><i>α</i> "
    "sin<sup><i>k</i></sup><i>α</i> · <i>g</i><sub>x…xy…y</sub> &nbsp;·&nbsp; "
    "order <i>N</i> takes <i>N</i> + 1 filters, <i>k</i> times along y"
)
#: What the lab keeps for scripts.
_KEPT = {"left_out": '"high", "low" or pairs of level and band', "place": PAIR}
_USED = {
    "derivative": {"angle", "order", "sigma"},
    "bands": {"angle", "directions", "levels", "show"},
    "transforms": {"angle", "directions", "level"},
}


class SteerableLab(PagedLab):
    """Three pages under one dial."""

    id: ClassVar[str] = "steerable"
    title: ClassVar[str] = "Steerable"
    formula = _FORMULAS["derivative"]
    Parameters: ClassVar[type[Any]] = steerable.Parameters
    longest_px: ClassVar[int] = 320
    PAGES, USED = _PAGES, _USED

    def __init__(self) -> None:
        super().__init__()
        self._left_out: frozenset[Part] = frozenset()
        self._place = (0.5, 0.5)
        self.panels, self.dial = PanelPage(), AngleDial()
        self.put_below(self.panels, 10)
        self.dial.turned.connect(lambda angle: self.changed.emit(replace(self.parameters, angle=angle)))
        self.panels.pressed.connect(self._choose)
        self.panels.clicked.connect(self._look)

    @property
    def side(self) -> QWidget:
        """The dial."""
        return self.dial

    def render(self, parameters: steerable.Parameters) -> None:  # type: ignore[override]
        """Show the page, its formula and the angle."""
        super().render(parameters)
        steered = parameters.page == "derivative" and parameters.order > 1
        self.formula = _OF_ANY_ORDER if steered else _FORMULAS[parameters.page]
        self.dial.render_angle(parameters.angle)

    def compute(self, view: LabView, parameters: steerable.Parameters) -> panels.Shown:
        """Return the panels of the page."""
        if parameters.page == "derivative":
            return steerable.derivative_shown(view, parameters)
        if parameters.page == "bands":
            return steerable.bands_shown(view, parameters, self._left_out)
        return steerable.transforms_shown(view, parameters, self._place)

    def show_result(self, result: panels.Shown) -> None:
        """Show the panels."""
        self.panels.show_panels(result)

    def reset(self) -> None:
        """Keep all bands and look at the middle."""
        self._left_out, self._place = frozenset(), (0.5, 0.5)

    def state(self) -> Mapping[str, Any]:
        """Return the bands left out and the place looked at."""
        parts = sorted((list(part) if isinstance(part, tuple) else part for part in self._left_out), key=str)
        return {"left_out": parts, "place": list(self._place)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take bands and a place."""
        for key, value in state.items():
            try:
                if key == "left_out":
                    self._left_out = frozenset(_part(part) for part in value)
                elif key == "place":
                    self._place = pair_of(key, value)
                else:
                    raise ValueError
            except (TypeError, ValueError):
                raise refusal(key, value, _KEPT) from None

    def _choose(self, row: int, column: int, _x: int, _y: int) -> None:
        """Leave a band out or take it back."""
        if self.parameters.page == "bands":
            part = steerable.part_of(row, column, len(self.panels.views) - 1)
            if part is not None:
                self._left_out = self._left_out ^ {part}
                self.recompute()

    def _look(self, row: int, column: int, x: int, y: int) -> None:
        """Look at another coefficient, from the transforms above; below are its weights."""
        picture = self.panels.views[row][column].panel.picture
        if self.parameters.page == "transforms" and row == 0 and picture is not None:
            height, width = picture.shape[:2]
            if column == 0:
                self.changed.emit(steerable.at_frequency(x, y, (height, width), self.parameters))
            else:
                self._place = ((x + 0.5) / width, (y + 0.5) / height)
                self.recompute()


def _part(value: Any) -> Part:
    """Return "high", "low" or (level, band) out of a script."""
    if value in ("high", "low"):
        return str(value)
    level, band = value
    if not all(isinstance(number, int) and 0 <= number < 16 for number in (level, band)):
        raise ValueError
    return (level, band)
