"""The pyramids lab: levels, reduce and expand step by step, matrices, blending, coring, compression, texture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from motionapp.labs import panels, pyramid_uses, pyramids, textures
from motionapp.labs.pyramid_uses import Stroke
from motionapp.labs.view import LabView
from ui.labs.lab import PAIR, pair_of, refusal
from ui.labs.pages import PagedLab
from ui.labs.panel_page import PanelPage

_PAGES = (
    ("levels", "Levels", "The Gaussian and the Laplacian pyramid; click a Laplacian level to leave it out"),
    ("steps", "Step by step", "Reduce: blur, drop. Expand: insert zeros, blur. What is lost is the Laplacian"),
    ("matrices", "Matrices", "The same as matrices"),
    ("blend", "Blend", "Two pictures through a mask that is painted"),
    ("coring", "Coring", "Noise removed from the bands of a pyramid"),
    ("compression", "Compression", "The levels quantised: bits and error"),
    ("texture", "Texture", "Noise made to look like a patch: click a patch, and step round by round"),
)

_SUB = "<sub><i>k</i></sub>"
_NEXT = "<sub><i>k</i>+1</sub>"
_FORMULAS = {
    "levels": f"<i>x</i>{_NEXT} = <i>G x</i>{_SUB} &nbsp;·&nbsp; <i>L</i>{_SUB} = <i>x</i>{_SUB} − <i>F x</i>{_NEXT} "
    f"&nbsp;·&nbsp; <i>x</i>{_SUB} = <i>L</i>{_SUB} + <i>F x</i>{_NEXT}",
    "steps": f"<i>L</i>{_SUB} = (<i>I</i> − <i>F G</i>) <i>x</i>{_SUB}",
    "matrices": f"<i>y</i> = <i>G x</i> &nbsp;·&nbsp; <i>L</i>{_SUB} = (<i>I</i> − <i>F G</i>) <i>x</i>{_SUB}",
    "blend": "<i>L</i><sub><i>j</i></sub> = <i>G</i><sub><i>j</i></sub> · <i>L</i><sup>A</sup><sub><i>j</i></sub> + "
    "(1 − <i>G</i><sub><i>j</i></sub>) · <i>L</i><sup>B</sup><sub><i>j</i></sub>",
    "compression": f"<i>q</i>{_SUB} = round (<i>L</i>{_SUB} · 2<sup><i>k</i></sup> / step) &nbsp;·&nbsp; "
    "bits = −Σ <i>p</i> log<sub>2</sub> <i>p</i>",
    "texture": "<i>c</i> ← <i>F</i><sub>sample</sub><sup>−1</sup>(<i>F</i>(<i>c</i>)) "
    "&nbsp; in every band, then for the pixels",
}
_RULES = {
    "hard": "<i>x̂</i> = <i>c</i> if |<i>c</i>| &gt; 3<i>σ</i>, else 0",
    "soft": "<i>x̂</i> = sign(<i>c</i>) max(|<i>c</i>| − <i>σ</i>²/<i>σ</i><sub>x</sub>, 0)",
    "wiener": "<i>x̂</i> = Σ<sub>z</sub> <i>p</i>(z | <i>c</i>) z<i>C</i><sub>x</sub> "
    "(z<i>C</i><sub>x</sub> + <i>C</i><sub>n</sub>)<sup>−1</sup> <i>c</i>",
}
_USED = {
    "levels": {"levels"},
    "steps": {"pixels"},
    "matrices": {"pixels"},
    "blend": {"levels", "other", "paint", "brush"},
    "coring": {"levels", "sigma", "rule", "transform"},
    "compression": {"levels", "step"},
    "texture": {"sample", "seed"},
}
_MOST_STROKES = 5000
#: What the lab keeps for scripts.
_KEPT = {
    "left_out": "whole numbers from 0 to 7",
    "steps": f"a whole number from 0 to {pyramids.STEPS}",
    "rounds": f"a whole number from 0 to {textures.MOST_ROUNDS}",
    "place": PAIR,
    "strokes": "rows of x, y and width from 0 to 1, true for A or false for B, and whether it is joined to the last",
}
#: What the texture begins with: a patch where most pictures have nothing but ground, and as many rounds as change much.
_PLACE, _ROUNDS = (0.2, 0.25), 5


class PyramidsLab(PagedLab):
    """Seven pages over the pyramids of one picture."""

    id: ClassVar[str] = "pyramids"
    title: ClassVar[str] = "Pyramids"
    formula = _FORMULAS["levels"]
    Parameters: ClassVar[type[Any]] = pyramids.Parameters
    longest_px: ClassVar[int] = 320
    PAGES, USED = _PAGES, _USED

    def __init__(self) -> None:
        super().__init__()
        self._left_out: frozenset[int] = frozenset()
        self._strokes: tuple[Stroke, ...] = ()
        self._brush_down = False
        self._steps = pyramids.STEPS
        self._place, self._rounds = _PLACE, _ROUNDS
        self.panels = PanelPage()
        self.put_below(self.panels, 10)
        self.panels.pressed.connect(self._press)
        self.panels.clicked.connect(self._point)

    def render(self, parameters: pyramids.Parameters) -> None:  # type: ignore[override]
        """Show the page and its formula."""
        super().render(parameters)
        self.formula = _RULES[parameters.rule] if parameters.page == "coring" else _FORMULAS[parameters.page]

    def compute(self, view: LabView, parameters: pyramids.Parameters) -> panels.Shown:
        """Return the panels of the page."""
        if parameters.page == "levels":
            return pyramids.levels_shown(view, parameters, self._left_out)
        if parameters.page == "steps":
            return pyramids.steps_shown(view, parameters, self._steps)
        if parameters.page == "matrices":
            return pyramids.matrices_shown(view, parameters)
        if parameters.page == "blend":
            return pyramid_uses.blend_shown(view, parameters, self._strokes)
        if parameters.page == "coring":
            return pyramid_uses.coring_shown(view, parameters)
        if parameters.page == "texture":
            return textures.texture_shown(view, parameters, self._rounds, self._place)
        return pyramids.compression_shown(view, parameters)

    def show_result(self, result: panels.Shown) -> None:
        """Show the panels."""
        self.panels.show_panels(result)

    def step(self) -> None:
        """Do the next of blur, drop, insert zeros, blur, subtract; or the next round; elsewhere, the next picture."""
        if self.parameters.page == "steps":
            self._steps = (self._steps + 1) % (pyramids.STEPS + 1)
            self.recompute()
        elif self.parameters.page == "texture":
            self._rounds = (self._rounds + 1) % (textures.MOST_ROUNDS + 1)
            self.recompute()
        else:
            super().step()

    def reset(self) -> None:
        """Keep all levels, take the mask back to halves, show all steps and the first patch."""
        self._left_out, self._strokes, self._steps = frozenset(), (), pyramids.STEPS
        self._place, self._rounds = _PLACE, _ROUNDS

    def state(self) -> Mapping[str, Any]:
        """Return the steps taken and, if there are any, levels left out, strokes of the brush, rounds and patch."""
        state: dict[str, Any] = {"steps": self._steps}
        if self._left_out:
            state["left_out"] = sorted(self._left_out)
        if self._strokes:
            state["strokes"] = [list(asdict(stroke).values()) for stroke in self._strokes]
        if self._rounds != _ROUNDS:
            state["rounds"] = self._rounds
        if self._place != _PLACE:
            state["place"] = list(self._place)
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take levels, strokes, steps, rounds and patch."""
        for key, value in state.items():
            try:
                if key == "left_out":
                    self._left_out = frozenset(_whole(level, 7) for level in value)
                elif key == "steps":
                    self._steps = _whole(value, pyramids.STEPS)
                elif key == "rounds":
                    self._rounds = _whole(value, textures.MOST_ROUNDS)
                elif key == "place":
                    self._place = pair_of(key, value)
                elif key == "strokes" and len(value) <= _MOST_STROKES:
                    self._strokes = tuple(_stroke(*numbers) for numbers in value)
                else:
                    raise ValueError
            except (TypeError, ValueError):
                raise refusal(key, value, _KEPT) from None

    def _press(self, row: int, column: int, _x: int, _y: int) -> None:
        """Leave a level out or take it back; or begin a line of the brush."""
        self._brush_down = False
        if self.parameters.page == "levels" and row == 1:
            self._left_out = self._left_out ^ {column}
            self.recompute()

    def _point(self, row: int, column: int, x: int, y: int) -> None:
        """Paint, or take another patch."""
        picture = self.panels.views[row][column].panel.picture
        if picture is None:
            return
        height, width = picture.shape[:2]
        place = (x + 0.5) / width, (y + 0.5) / height
        if self.parameters.page == "texture" and column == 0 and self.parameters.sample == "picture":
            self._place = place
            self.recompute()
        elif self.parameters.page == "blend":
            dab = Stroke(*place, self.parameters.brush, self.parameters.paint == "first", self._brush_down)
            self._strokes, self._brush_down = (*self._strokes, dab)[:_MOST_STROKES], True
            self.recompute()


def _whole(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError
    return value


def _stroke(x: float, y: float, width: float, first: bool, joined: bool) -> Stroke:
    if not all(0.0 <= float(value) <= 1.0 for value in (x, y, width)):
        raise ValueError
    if not (isinstance(first, bool) and isinstance(joined, bool)):
        raise ValueError
    return Stroke(float(x), float(y), float(width), first, joined)
