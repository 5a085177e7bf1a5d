"""The network lab: from one neuron to LeNet-5, AlexNet and VGG-16; one page, one file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from motionapp.labs import network
from motionapp.labs.backprop import STAGES
from motionapp.labs.learner import MOST_STEPS
from motionapp.labs.neuron import REACH
from motionapp.labs.preparation import Progress
from motionapp.labs.view import LabView
from ui.labs.activations_page import ActivationsPage
from ui.labs.architectures_page import ArchitecturesPage
from ui.labs.backprop_page import MOST_ROUNDS, BackpropPage
from ui.labs.curves_page import CurvesPage
from ui.labs.lab import refusal
from ui.labs.network_page import LearningPage, NetworkPage
from ui.labs.neuron_page import NeuronPage
from ui.labs.pages import PagedLab
from ui.labs.points_page import PointsPage

_PAGES = (
    ("neuron", "Neuron", "One neuron, its weights and its bias"),
    ("activations", "Activations", "Sigmoid, tanh, ReLU and leaky ReLU, and their gradients"),
    ("points", "Points", "Perceptron and multilayer perceptron on points you paint"),
    ("curves", "Curves", "Four curves fitted by three neurons"),
    ("backpropagation", "Backpropagation", "Forward, then backward, number by number"),
    ("architectures", "Architectures", "LeNet-5, AlexNet and VGG-16, counted"),
)
#: What the pages keep for scripts.
_KEPT = {
    "inputs": f"two numbers from −{REACH:g} to {REACH:g}",
    "steps": f"a whole number from 0 to {MOST_STEPS}",
    "points": "rows of x and y from −1 to 1 and class, 1 or 2",
    "round": f"a whole number from 0 to {MOST_ROUNDS}",
    "stage": f"a whole number from 0 to {len(STAGES) - 1}",
    "row": "a whole number from 0 to 63",
}
#: From one picture to the next while it learns.
TICK_MS = 25


class NetworkLab(PagedLab):
    """Six pages. Those that learn do so while the lab is not frozen: it has a time of its own, and needs no picture."""

    id: ClassVar[str] = "network"
    title: ClassVar[str] = "Network"
    Parameters: ClassVar[type[Any]] = network.Parameters
    pictures: ClassVar[bool] = False
    PAGES, USED = _PAGES, network.SHOWN

    def __init__(self) -> None:
        super().__init__()
        self._frozen, self._waiting = False, False
        # How often something else was to be computed, and what the newest result is of.
        self._asked = self._answered = 0
        self._made: tuple[str, Any] | None = None
        self._shown: tuple[str, Any] | None = None
        self.page_of: dict[str, NetworkPage] = {
            "neuron": NeuronPage(),
            "activations": ActivationsPage(),
            "points": PointsPage(),
            "curves": CurvesPage(),
            "backpropagation": BackpropPage(),
            "architectures": ArchitecturesPage(),
        }
        self._stack = QStackedWidget()
        for page in self.page_of.values():
            self._stack.addWidget(page)
            page.changed.connect(self.recompute)
            page.wanted.connect(self.changed)
            self.scaled.connect(page.set_type_scale)
        self._lay_out()
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self.run_button.clicked.connect(lambda on: self.freeze_wanted.emit(not on))

    @property
    def page(self) -> NetworkPage:
        """The page on show."""
        return self.page_of[self.parameters.page]

    @property
    def side(self) -> QWidget:
        """The button that lets it learn, and how far it is."""
        return self._side

    def hidden(self, parameters: network.Parameters) -> Collection[str]:
        """Return the parameters of the other pages, and units where there is no layer for them."""
        alone = parameters.page == "points" and parameters.hidden == 0
        return {*super().hidden(parameters), *(("units", "activation") if alone else ())}

    def render(self, parameters: network.Parameters) -> None:  # type: ignore[override]
        """Show the page."""
        super().render(parameters)
        self._asked += 1
        self._stack.setCurrentWidget(self.page)
        self.page.render(parameters, self._frozen)
        self.formula = self.page.formula
        self.run_button.setVisible(self.page.learns)

    # --- time, steps and state ---------------------------------------------------------------------------------------

    def set_frozen(self, on: bool) -> None:
        """Learn, or stand."""
        self._frozen = on
        self.run_button.setChecked(not on)
        self.run_button.setText("Learn" if on else "Stop")

    def step(self) -> None:
        """Stand, and do the page's next step."""
        self.freeze_wanted.emit(True)
        self.page.step()

    def reset(self) -> None:
        """Begin anew."""
        self.page.reset()

    def parameters_after_reset(self) -> network.Parameters:
        """Return what the page begins anew with: what is set where it takes steps, else the defaults."""
        return self.parameters if self.page.keeps else network.Parameters(page=self.parameters.page)

    def state(self) -> Mapping[str, Any]:
        """Return what the page on show holds: points, steps, a place."""
        return self.page.state()

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what a page holds; every page that knows such a thing takes it."""
        for key, value in state.items():
            taken = [page.take(key, value) for page in self.page_of.values()]
            if not any(taken):
                raise refusal(key, value, _KEPT)

    def _tick(self) -> None:
        page = self.page
        if not self._frozen and not self._waiting and isinstance(page, LearningPage) and self.isVisible():
            self._waiting = page.tick()
            if self._waiting:
                self.recompute()

    def prepare(self, progress: Progress) -> None:
        """Compile nothing: networks as small as these are computed in float64, by NumPy."""

    # --- results -----------------------------------------------------------------------------------------------------

    def compute(self, view: LabView, parameters: network.Parameters) -> tuple[str, Any]:
        """Return the name of a page and what it shows: the same again if only the picture is new, which has no part."""
        asked = self._asked
        if self._made is None or asked != self._answered:
            self._answered = asked
            try:
                self._made = parameters.page, self.page_of[parameters.page].compute(parameters)
            except Exception:
                self._waiting = False  # no result will come
                raise
        return self._made

    def show_result(self, result: tuple[str, Any]) -> None:
        """Show what a page computed."""
        if result is self._shown:
            return
        self._shown = result
        self._waiting = False
        page = self.page_of[result[0]]
        page.show_result(result[1])
        self.hint.setText(page.hint)

    def _lay_out(self) -> None:
        self._side, self.hint = QWidget(), QLabel()
        self.hint.setWordWrap(True)
        self.run_button = QPushButton("Stop")
        self.run_button.setToolTip("Learn step after step, or stop (Space)")
        self.run_button.setCheckable(True)
        self.run_button.setChecked(True)
        below = QVBoxLayout(self._side)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.run_button)
        below.addWidget(self.hint)
        self.put_below(self._stack)
