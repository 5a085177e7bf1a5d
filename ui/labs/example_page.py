"""The worked example: one pixel of 3×3, product by product, once by correlation and once by convolution."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from motionapp.labs.filters import EXAMPLE_IMAGE, EXAMPLE_KERNEL, EXAMPLE_STEPS, Route, worked_example
from ui.labs.number_grid import NumberGrid
from ui.labs.numbers import number_text

_HINT = "Press . or → for the next product"


class ExamplePage(QWidget):
    """Two rows, one for each route: picture, kernel as it is laid over it, products, and the sum so far."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[NumberGrid, NumberGrid, NumberGrid, QLabel]] = []
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        for row, title in enumerate(("g as it is", "g turned by 180°")):
            grids = NumberGrid("I", grey=False), NumberGrid(title), NumberGrid("products")
            total = QLabel(alignment=Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            total.setWordWrap(True)
            for column, widget in enumerate((*grids, total)):
                layout.addWidget(widget, row, column)
                layout.setColumnStretch(column, 3)
            self.rows.append((*grids, total))
        self.hint = QLabel(_HINT, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.hint, 2, 0, 1, 4)

    def show_steps(self, steps: int) -> None:
        """Show the example after so many products."""
        done = divmod(steps - 1, EXAMPLE_KERNEL.shape[1]) if steps else None
        for route, (image, kernel, products, total) in zip(worked_example(steps), self.rows):
            image.show_numbers(EXAMPLE_IMAGE, 9.0, done)
            kernel.show_numbers(route.kernel, 1.0, done)
            products.show_numbers(route.products, 9.0, done)
            total.setText(_sum_text(route, steps))
        self.hint.setText(_HINT if steps < EXAMPLE_STEPS else "Press . or → to begin again")


def _sum_text(route: Route, steps: int) -> str:
    """Return the products so far as a sum."""
    terms = [number_text(float(value)) for value in route.products.flat if value == value]
    written = " + ".join(f"({term})" if term.startswith("−") else term for term in terms) or "0"
    size = "200%" if steps == EXAMPLE_STEPS else "130%"
    result = f"<p style='font-size:{size}'>= <b>{number_text(route.total)}</b></p>" if steps else ""
    return f"<p><b>{route.operation.capitalize()}</b></p><p>{written}</p>{result}"
