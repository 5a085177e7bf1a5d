"""Labs of several pages: a row of buttons above them, of which one is on."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ui.labs.lab import Lab
from ui.labs.title_line import SMALLEST
from ui.theme import restyle, sized, theme, toggle_style


class PageChooser(QWidget):
    """Shows which page is on; emits the name of the one that is wanted. Where it is narrow, its type is smaller.

    Parameters
    ----------
    pages : sequence of (name, text, tip)
    """

    chosen = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for name, text, tip in pages:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on=False, name=name: self.chosen.emit(name))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[name] = button
        layout.addStretch()
        # What all buttons take in the size of the type around them, and what their texts do.
        self._wide = self._type = 0
        self._colour()

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than the smallest type takes."""
        return QSize(self._wide - math.floor((1.0 - SMALLEST) * self._type), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as large as all fits."""
        super().resizeEvent(event)
        self._fit()

    def render(self, name: str) -> None:  # type: ignore[override]
        """Show that ``name`` is on; emits nothing."""
        self.buttons[name].setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another scheme and the size of another type, which style sheets keep from the buttons."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._colour()

    def _colour(self) -> None:
        for button in self.buttons.values():
            restyle(button, toggle_style(theme(self.palette())))
            button.setFont(self.font())
        metrics = self.fontMetrics()
        self._type = sum(metrics.horizontalAdvance(button.text()) for button in self.buttons.values())
        self._wide = self.sizeHint().width()
        self._fit()
        self.updateGeometry()

    def _fit(self) -> None:
        scale = 1.0 - max(0, self._wide - self.width()) / max(1, self._type)
        font = sized(self.font(), max(SMALLEST, 0.98 * scale) if scale < 1.0 else 1.0)
        for button in self.buttons.values():
            button.setFont(font)


class PagedLab(Lab):
    """A lab whose parameters have a ``page``, which is chosen above its canvas.

    Attributes
    ----------
    PAGES
        Name, text and tip of each page.
    USED
        The parameters that mean something on each page; the rows of all others are hidden.
    """

    PAGES: ClassVar[Sequence[tuple[str, str, str]]]
    USED: ClassVar[Mapping[str, Collection[str]]]

    def __init__(self) -> None:
        super().__init__()
        self.pages = PageChooser(self.PAGES, self)
        self.pages.chosen.connect(lambda page: self.changed.emit(replace(self.parameters, page=page)))

    def own_controls(self) -> Collection[str]:
        return ("page",)

    def hidden(self, parameters: Any) -> Collection[str]:
        """Return the parameters that mean nothing on this page."""
        return {entry.name for entry in fields(parameters)} - set(self.USED[parameters.page])

    def render(self, parameters: Any) -> None:  # type: ignore[override]
        """Show which page is on."""
        super().render(parameters)
        self.pages.render(parameters.page)

    def parameters_after_reset(self) -> Any:
        """Return the defaults, but stay on the page."""
        return replace(self.Parameters(), page=self.parameters.page)

    def put_below(self, canvas: QWidget, spacing_px: int = 8) -> None:
        """Fill the lab with the row of pages and ``canvas`` below it."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(spacing_px)
        layout.addWidget(self.pages)
        layout.addWidget(canvas, 1)
