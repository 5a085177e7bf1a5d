"""The filters lab: type a kernel and see it act; convolution and correlation, impulse response, linearity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from motionapp.labs import filters
from motionapp.labs.filters import Filtered, Law
from motionapp.labs.view import LabView
from motionapp.types import Array
from ui.labs.example_page import ExamplePage
from ui.labs.lab import PAIR, pair_of, refusal
from ui.labs.linearity_page import LinearityPage
from ui.labs.number_grid import NumberGrid
from ui.labs.numbers import number_text
from ui.labs.pages import PagedLab
from ui.labs.picture_view import PictureView
from ui.theme import ARROW

_PAGES = (
    ("picture", "Picture", "The kernel on the picture that is playing"),
    ("impulse", "Impulse response", "What becomes of a single bright pixel"),
    ("example", "Worked example", "One pixel, product by product, by both routes"),
    ("linearity", "Linearity", "Homogeneity, additivity and superposition, checked on this picture"),
)
_KERNEL = {"preset", "size", "operation", "border"}
_USED = {"picture": _KERNEL, "impulse": _KERNEL, "example": set(), "linearity": _KERNEL | {"a", "b", "after"}}

_FORMULAS = {
    "convolution": "<i>f</i>&thinsp;[<i>m, n</i>] = Σ<sub><i>k, l</i></sub> <i>I</i>&thinsp;[<i>m</i> − <i>k</i>, "
    "<i>n</i> − <i>l</i>&thinsp;] · <i>g</i>&thinsp;[<i>k, l</i>&thinsp;]",
    "correlation": "<i>f</i>&thinsp;[<i>m, n</i>] = Σ<sub><i>k, l</i></sub> <i>I</i>&thinsp;[<i>m</i> + <i>k</i>, "
    "<i>n</i> + <i>l</i>&thinsp;] · <i>g</i>&thinsp;[<i>k, l</i>&thinsp;]",
}
#: What the lab keeps for scripts.
_KEPT = {
    "kernel": "rows of numbers",
    "steps": f"a whole number from 0 to {filters.EXAMPLE_STEPS}",
    "place": PAIR,
}
_LINEARITY = (
    "<i>f</i>&thinsp;(<i>a&thinsp;I</i> + <i>b&thinsp;J</i>&thinsp;) = <i>a&thinsp;f</i>&thinsp;(<i>I</i>&thinsp;) + "
    "<i>b&thinsp;f</i>&thinsp;(<i>J</i>&thinsp;)"
)


class FiltersLab(PagedLab):
    """Four pages over one kernel, which is typed into a grid or chosen."""

    id: ClassVar[str] = "filters"
    title: ClassVar[str] = "Filters"
    formula = _FORMULAS["convolution"]
    Parameters: ClassVar[type[Any]] = filters.Parameters
    PAGES, USED = _PAGES, _USED

    def __init__(self) -> None:
        super().__init__()
        self._kernel: Array = filters.kernel_of(self.parameters.preset, self.parameters.size)
        self._steps = 0
        self._place: tuple[float, float] = (0.5, 0.5)  # the pixel looked at, as parts of width and height
        self._result: Filtered | None = None
        self.before, self.after = PictureView("I, the picture"), PictureView("f, the result")
        self.around = NumberGrid("I around the pixel", grey=True)
        self.kernel = NumberGrid("g, the kernel", editable=True)
        self.products = NumberGrid("products")
        self.does = QLabel(wordWrap=True)
        self.total = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.impulse, self.response = NumberGrid("I, an impulse", grey=True), NumberGrid("f, its response")
        self.example, self.linearity = ExamplePage(), LinearityPage()
        self._lay_out()
        self._fit()
        for view in (self.before, self.after):
            view.overlay = self._frame_place
            view.hovered.connect(self._look)
            view.clicked.connect(self._look)
        self.kernel.edited.connect(self._type)

    @property
    def side(self) -> QWidget:
        """What the kernel does, in a sentence."""
        return self.does

    # --- parameters and state ----------------------------------------------------------------------------------------

    def render(self, parameters: filters.Parameters) -> None:  # type: ignore[override]
        """Show the page and the kernel."""
        if parameters.preset != "own":
            self._kernel = filters.kernel_of(parameters.preset, parameters.size)
        elif len(self._kernel) != parameters.size:
            self._kernel = filters.resized(self._kernel, parameters.size)
        super().render(parameters)
        self.formula = _LINEARITY if parameters.page == "linearity" else _FORMULAS[parameters.operation]
        if parameters.page == "example":
            self.formula = f"correlation + &nbsp;·&nbsp; convolution −&nbsp;: &nbsp;{_FORMULAS['convolution']}"
        self._stack.setCurrentIndex(0 if parameters.page in ("picture", "impulse") else 1)
        self._top.setCurrentIndex(0 if parameters.page == "picture" else 1)
        self._rest.setCurrentIndex(0 if parameters.page == "example" else 1)
        for widget in (self.around, self.products, self.total):
            widget.setVisible(parameters.page == "picture")
        self.kernel.show_numbers(self._kernel)
        self.does.setText("" if parameters.page == "example" else filters.does(parameters.preset))
        self.example.show_steps(self._steps)

    def state(self) -> Mapping[str, Any]:
        """Return the kernel if it was typed, the steps of the example and the pixel looked at."""
        typed = {"kernel": self._kernel.tolist()} if self.parameters.preset == "own" else {}
        return {**typed, "steps": self._steps, "place": list(self._place)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take a kernel, steps and a pixel."""
        for key, value in state.items():
            if key == "kernel":
                self._kernel = self._fitting(_checked(value))
            elif key == "steps" and isinstance(value, int) and 0 <= value <= filters.EXAMPLE_STEPS:
                self._steps = value
            elif key == "place":
                self._place = pair_of(key, value)
            else:
                raise refusal(key, value, _KEPT)

    def step(self) -> None:
        """Do the next product of the worked example; elsewhere, show the next picture."""
        if self.parameters.page == "example":
            self._steps = (self._steps + 1) % (filters.EXAMPLE_STEPS + 1)
            self.example.show_steps(self._steps)
        else:
            super().step()

    def reset(self) -> None:
        """Forget the typed kernel, the steps and the pixel; stay on the page."""
        self._steps, self._place = 0, (0.5, 0.5)

    def _type(self, kernel: Array) -> None:
        self._kernel = kernel
        self.changed.emit(replace(self.parameters, preset="own", size=len(kernel)))

    def _fitting(self, kernel: Array) -> Array:
        """Return a kernel out of a script that says that it has one of its own, and how large it is."""
        size = len(kernel)
        if self.parameters.preset != "own":
            raise ValueError('kernel needs the parameter preset = "own"')
        if self.parameters.size != size:
            raise ValueError(f"kernel is {size}×{size}, so it needs the parameter size = {size}")
        return kernel

    # --- results -----------------------------------------------------------------------------------------------------

    def compute(self, view: LabView, parameters: filters.Parameters) -> Any:
        """Return what this page shows of the view."""
        kernel = self._kernel
        if parameters.page == "linearity":
            return filters.check_linearity(view, kernel, parameters)
        if parameters.page == "impulse":
            return filters.impulse_response(kernel, parameters)
        return filters.filtered(view, kernel, parameters)

    def show_result(self, result: Any) -> None:
        """Show a filtered picture, an impulse response or the laws, whichever was computed."""
        if isinstance(result, Filtered):
            self._result = result
            self.before.bar_room = result.limit is not None
            self.before.show_picture(result.before)
            self.after.show_picture(result.after, result.limit)
            low, high = float(result.values.min()), float(result.values.max())
            self.after.set_title("f, the result", f"from {number_text(low)} to {number_text(high)}")
            self._show_place()
        elif isinstance(result[0], Law):
            self.linearity.show_laws(result)
        else:
            self.impulse.show_numbers(result[0], 1.0)
            self.response.show_numbers(result[1])

    def changeEvent(self, event: QEvent) -> None:
        """Leave the sum as much room as the longest one takes: nothing beside it moves with its digits."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.total.setFixedWidth(self.fontMetrics().horizontalAdvance("−0.0000") * 2 + 12)

    def _look(self, x: int, y: int) -> None:
        if self._result is not None:
            height, width = self._result.grey.shape
            self._place = (x + 0.5) / width, (y + 0.5) / height
            self._show_place()
            self.before.update()
            self.after.update()

    def _pixel(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return min(int(self._place[0] * shape[1]), shape[1] - 1), min(int(self._place[1] * shape[0]), shape[0] - 1)

    def _show_place(self) -> None:
        """Show how the result at the pixel looked at came about."""
        result = self._result
        if result is None:
            return
        x, y = self._pixel(result.grey.shape)
        around = filters.around(result.grey, x, y, len(self._kernel), self.parameters.border)
        over = filters.laid(self._kernel, self.parameters.operation)
        self.around.set_title(f"I around ({x}, {y})")
        self.around.show_numbers(around, 1.0)
        turned = "g turned by 180°" if self.parameters.operation == "convolution" else ""
        self.products.set_title("I · g", turned)
        self.products.show_numbers(around * over)
        self.total.setText(
            f"<p>Σ =</p><p style='font-size:xx-large'><b>{number_text(float(result.values[y, x]))}</b></p>"
        )

    def _frame_place(self, painter: QPainter, area: QRectF, scale: float) -> None:
        if self._result is None:
            return
        x, y = self._pixel(self._result.grey.shape)
        rows, columns = self._kernel.shape
        frame = QRectF(x - columns // 2, y - rows // 2, columns, rows)
        frame = QRectF(area.topLeft() + frame.topLeft() * scale, frame.size() * scale)
        painter.setPen(QPen(QColor("white"), 3.5 * self.type_scale))
        painter.drawRect(frame)
        painter.setPen(QPen(QColor(ARROW), 2.0 * self.type_scale))
        painter.drawRect(frame)

    def _lay_out(self) -> None:
        self._top, self._rest, self._stack = QStackedWidget(), QStackedWidget(), QStackedWidget()
        self._top.addWidget(_row(self.before, self.after))
        self._top.addWidget(_row(self.impulse, self.response))
        below = _row(self.around, self.kernel, self.products)
        below.layout().addWidget(self.total)  # type: ignore[union-attr]
        acting = QWidget()
        layout = QVBoxLayout(acting)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._top, 5)
        layout.addWidget(below, 3)
        self._rest.addWidget(self.example)
        self._rest.addWidget(self.linearity)
        self._stack.addWidget(acting)
        self._stack.addWidget(self._rest)
        self.put_below(self._stack)


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(12)
    for widget in widgets:
        layout.addWidget(widget, 1)
    return row


def _checked(value: Any) -> Array:
    """Return a typed kernel out of a script."""
    try:
        kernel = np.array(value, np.float64)
    except (TypeError, ValueError):
        kernel = np.zeros(0)
    square = kernel.ndim == 2 and kernel.shape[0] == kernel.shape[1] and len(kernel) % 2 == 1
    if not square or len(kernel) > filters.LARGEST or not np.isfinite(kernel).all():
        raise ValueError(f"kernel must be square, odd and up to {filters.LARGEST}×{filters.LARGEST} numbers")
    return kernel
