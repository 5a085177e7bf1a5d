"""What the pages of the network lab have in common, and those whose network learns step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from motionapp.labs.learner import MOST_STEPS
from motionapp.labs.network import SHOWN, Parameters

#: A picture takes no longer to learn for than this; what is left is learned for the next ones.
BUDGET_S = 0.025


class NetworkPage(QWidget):
    """One page: its parameters come from the lab, what else it holds is its own and replaced as a whole.

    Attributes
    ----------
    formula : str
        HTML.
    learns : bool
        Whether it goes on by itself while the lab does.
    keeps : bool
        Whether a reset leaves the parameters alone, since there are steps to begin anew.
    hint : str
        How far it is, for the side of the lab.

    Signals
    -------
    changed()
        What it holds has changed: compute again.
    wanted(parameters)
        Other parameters, please.
    """

    formula: str = ""
    learns: bool = False
    keeps: bool = False
    hint: str = ""

    changed = Signal()
    wanted = Signal(object)

    def render(self, parameters: Parameters, frozen: bool) -> None:  # type: ignore[override]
        """Take parameters; emits nothing. ``frozen`` is whether the lab stands."""

    def compute(self, parameters: Parameters) -> Any:
        """Return what is to be shown; on the lab thread."""
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show what :meth:`compute` returned."""
        raise NotImplementedError

    def step(self) -> None:
        """Do the next step."""

    def reset(self) -> None:
        """Forget all steps, and what was clicked."""

    def state(self) -> Mapping[str, Any]:
        """Return what scripts keep of it."""
        return {}

    def take(self, key: str, value: Any) -> bool:
        """Take one entry of :meth:`state`; return whether it could."""
        return False

    def set_type_scale(self, scale: float) -> None:
        """Draw so much larger than usual."""

    def fit_type(self) -> None:
        """Give labels with a size of their own what goes with the type of the page."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_type()


class LearningPage(NetworkPage):
    """A network that learns: how many steps are wanted is all that is held; results are computed from the count."""

    learns = keeps = True
    #: The page's own name among parameters, and those that do not begin a descent anew.
    name = ""
    _CALM = ("speed",)

    def __init__(self) -> None:
        super().__init__()
        self.parameters = Parameters()
        self.steps = 0  # wanted
        self.done = 0  # shown
        self.frozen = False
        self._fresh = True

    def render(self, parameters: Parameters, frozen: bool) -> None:  # type: ignore[override]
        """Take parameters: while it runs, others begin a descent anew; a lab that stands shows where they lead to."""
        names = [name for name in SHOWN[self.name] if name not in self._CALM]
        other = any(getattr(parameters, name) != getattr(self.parameters, name) for name in names)
        self.parameters, self.frozen = parameters, frozen
        if other and not frozen and not self._fresh:
            self.steps = self.done = 0
        self._fresh = False

    def tick(self) -> bool:
        """Want as many steps more as the speed says; return whether there is anything to do."""
        self.steps = min(self.done + self.parameters.speed, MOST_STEPS)
        return self.steps > self.done

    def step(self) -> None:
        """Take a single step."""
        self.steps = min(self.done + 1, MOST_STEPS)
        self.changed.emit()

    def reset(self) -> None:
        self.steps = self.done = 0

    def state(self) -> Mapping[str, Any]:
        return {"steps": self.done}

    def take(self, key: str, value: Any) -> bool:
        if key == "steps" and isinstance(value, int) and 0 <= value <= MOST_STEPS:
            self.steps = self.done = value
            return True
        return False

    def came(self, steps: int, over: bool) -> None:
        """Note how far a result is; where time was short while the lab stands, go on."""
        self.done = steps
        if over or steps > self.steps:
            self.steps = steps
        elif steps < self.steps:
            self.changed.emit()
