"""The descent lab: how motion is found between two frames, at one point and for the whole field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from motionapp.labs import descent, field
from motionapp.labs.descent import Path, Point
from motionapp.labs.field import Moment, Newest, Run
from motionapp.labs.preparation import Progress, prepare_motion
from motionapp.labs.shades import grey_picture, height_picture
from motionapp.labs.view import LabView
from motionapp.types import Array
from ui.labs.field_page import FieldPage
from ui.labs.lab import PAIR, pair_of, refusal
from ui.labs.pages import PagedLab
from ui.labs.point_page import PointPage

_PAGES = (
    ("point", "One point", "Click a point: its derivatives, its cost, its descents"),
    ("field", "The whole field", "Coarse to fine, step by step"),
)
#: Steps each second while it runs.
RUN_MS = 80
#: Where a descent at a point that runs by itself stops.
SHOWN_STEPS = 60

#: The mean over the pixels of the patch.
_MEAN = "<sup>1</sup>/<sub><i>n</i></sub> Σ"
_POINT = (
    f"<i>E</i>&thinsp;(<i>u, v</i>) = {_MEAN} "
    "(<i>I</i>(<i>x + u, y + v, t</i> + 1) − <i>I</i>(<i>x, y, t</i>))² &nbsp;&nbsp; "
    "<i>w</i> ← <i>w</i> − <i>η</i> ∇<i>E</i>"
)
_LINEAR = (
    f"<i>E</i>&thinsp;(<i>u, v</i>) = {_MEAN} "
    "(<i>I<sub>x</sub>u + I<sub>y</sub>v + I<sub>t</sub></i>)² &nbsp;&nbsp; "
    "<i>w</i> ← <i>w</i> − <i>η</i> ∇<i>E</i>"
)
#: q are the neighbours of p to the right and below; the constraints are those of :mod:`kernels.energy`.
_FIELD = (
    f"<i>E</i> = {_MEAN}<sub><i>p</i></sub> [ <i>λ ψ</i>(<i>r</i><sub>0</sub>²) "
    "+ <i>γ ψ</i>(<i>r</i><sub>1</sub>² + <i>r</i><sub>2</sub>²) + Σ<sub><i>q</i></sub> "
    "<i>α ψ</i>(|<i>w<sub>p</sub></i> − <i>w<sub>q</sub></i>|²) / "
    "(1 + <i>κ</i> |<i>I<sub>p</sub></i> − <i>I<sub>q</sub></i>|) ]<br>"
    "<small><i>r</i><sub>0</sub> = (∇<i>I</i>·<i>δw</i> + <i>I<sub>t</sub></i>) / √(|∇<i>I</i>|² + <i>ζ</i>²), "
    "<i>r</i><sub>1</sub>, <i>r</i><sub>2</sub> alike of <i>I<sub>x</sub></i>, <i>I<sub>y</sub></i> &nbsp;·&nbsp; "
    f"<i>λ</i> = {field.WEIGHTS.brightness:g}, <i>γ</i> = {field.WEIGHTS.gamma:g}, "
    f"<i>κ</i> = {field.WEIGHTS.kappa:g}</small>"
)
#: What it opens with: a point on the arm of the synthetic scene, and some steps already taken there.
_PLACE, _STEPS = (0.6523, 0.5573), {"point": 20, "field": 0}
#: What the lab keeps for scripts.
_KEPT = {
    "place": PAIR,
    "start": "two numbers from −16 to 16",
    "point": "a whole number from 0 to 100000",
    "field": "a whole number from 0 to 100000",
}
_USED = {
    "point": ("patch", "reach", "cost", "step", "momentum"),
    "field": ("unit", "method", "field_step", "alpha", "penalty"),
}


@dataclass(frozen=True, slots=True)
class PointResult:
    """What the page of one point shows."""

    picture: Array
    side: int
    point: Point
    contour: Array
    reach: float
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What the page of the field shows, and the run it is a moment of."""

    run: Run
    moment: Moment


class DescentLab(PagedLab):
    """Two pages over two frames. What was stepped is counted; results are computed from the count."""

    id: ClassVar[str] = "descent"
    title: ClassVar[str] = "Descent"
    formula = _LINEAR
    Parameters: ClassVar[type[Any]] = descent.Parameters
    pairs: ClassVar[bool] = True
    PAGES, USED = _PAGES, _USED

    def __init__(self) -> None:
        super().__init__()
        self._place: tuple[float, float] = _PLACE
        self._start: tuple[float, float] = (0.0, 0.0)
        self._steps = dict(_STEPS)
        self._runs = Newest()
        self._run: Run | None = None
        self._running = QTimer(self, interval=RUN_MS)
        self._running.timeout.connect(self.step)
        self.point, self.field = PointPage(), FieldPage()
        self._stack = QStackedWidget()
        for page in (self.point, self.field):
            self._stack.addWidget(page)
        self.put_below(self._stack)
        self.scaled.connect(self.field.energy.set_type_scale)
        self._side, self.count = QWidget(), QLabel()
        self.run_button = QPushButton("Run")
        self.run_button.setToolTip("Step on and on, or stop")
        self.run_button.setCheckable(True)
        self.run_button.toggled.connect(self._set_running)
        below = QVBoxLayout(self._side)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.run_button)
        below.addWidget(self.count)
        self.point.picked.connect(self._pick)
        self.point.started.connect(self._begin_at)

    @property
    def side(self) -> QWidget:
        """The button that lets it run, and how far it is."""
        return self._side

    def render(self, parameters: descent.Parameters) -> None:  # type: ignore[override]
        """Show the page."""
        if parameters.page == "field" != self.parameters.page:
            self.freeze_wanted.emit(True)
        super().render(parameters)
        self._stack.setCurrentIndex(parameters.page == "field")
        self.formula = _FIELD if parameters.page == "field" else _LINEAR if parameters.cost == "linearised" else _POINT

    # --- steps and state ---------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Take one step of the descents at the point; or one iteration, warp or level of the field."""
        page, steps = self.parameters.page, self._steps[self.parameters.page]
        if page == "point":
            self._set_steps(steps + 1 if steps < descent.MOST_STEPS else 0)
            if steps + 1 >= SHOWN_STEPS:
                self.run_button.setChecked(False)
        elif self._run is not None:
            self._set_steps(field.following(self._run, steps, self.parameters.unit))
            if self._steps[page] == len(self._run):
                self.run_button.setChecked(False)

    def reset(self) -> None:
        """Begin at rest, in the middle of the arm."""
        self.run_button.setChecked(False)
        self._place, self._start, self._steps = _PLACE, (0.0, 0.0), dict(_STEPS)

    def state(self) -> Mapping[str, Any]:
        """Return the point, where the descents start, and how many steps were taken on both pages."""
        return {"place": list(self._place), "start": list(self._start), **self._steps}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take a point, a start and steps."""
        for key, value in state.items():
            if key in self._steps and isinstance(value, int) and 0 <= value <= 100_000:
                most = descent.MOST_STEPS if key == "point" else value
                self._steps = {**self._steps, key: min(value, most)}
            elif key == "place":
                self._place = pair_of(key, value)
            elif key == "start":
                self._start = pair_of(key, value, -16.0, 16.0)
            else:
                raise refusal(key, value, _KEPT)

    def _set_steps(self, steps: int) -> None:
        self._steps = {**self._steps, self.parameters.page: steps}
        self.recompute()

    def _set_running(self, on: bool) -> None:
        self.run_button.setText("Stop" if on else "Run")
        self._running.start() if on else self._running.stop()

    def _pick(self, x: float, y: float) -> None:
        self._place = x, y
        self.recompute()

    def _begin_at(self, u: float, v: float) -> None:
        """Let the descents run from another place."""
        self._start = u, v
        self._set_steps(0)
        self.run_button.setChecked(True)

    # --- results -----------------------------------------------------------------------------------------------------

    def prepare(self, progress: Progress) -> None:
        """Compile what finds motion and what looks at it; where a source is open the first has been done."""
        prepare_motion(progress)
        super().prepare(progress)

    def compute(self, view: LabView, parameters: descent.Parameters) -> PointResult | FieldResult:
        """Return what the page shows of the two newest frames."""
        steps, place, start = self._steps, self._place, self._start
        if parameters.page == "field":
            run = self._runs.run(view, parameters)
            return FieldResult(run, field.moment(run, steps["field"]))
        height, width = view.grey.shape
        x, y = min(int(place[0] * width), width - 1), min(int(place[1] * height), height - 1)
        patch = descent.Patch(view, x, y, parameters.patch, parameters.cost)
        first = view.grey if view.previous_grey is None else view.previous_grey
        return PointResult(
            grey_picture(first),
            parameters.patch,
            descent.look_at(view, x, y, parameters.patch),
            height_picture(descent.surface(patch, parameters.reach)),
            parameters.reach,
            descent.descend(patch, start, steps["point"], parameters),
        )

    def show_result(self, result: PointResult | FieldResult) -> None:
        """Show a point or a moment of the field."""
        if isinstance(result, FieldResult):
            self._run = result.run
            self.field.show_moment(result.moment)
            self.count.setText(f"step {result.moment.step} of {len(result.run)}")
        else:
            self.count.setText(f"step {max(len(path.points) for path in result.paths) - 1}")
            self.point.show_point(result.picture, result.side, result.point, result.contour, result.reach, result.paths)
