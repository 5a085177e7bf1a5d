"""The laws of linearity on the picture that is playing: both sides, their difference, and whether it is nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from motionapp.labs.filters import Law
from motionapp.labs.shades import round_limit, signed_picture
from ui.labs.numbers import number_text
from ui.labs.picture_view import PictureView
from ui.labs.title_line import SMALLEST
from ui.theme import sized

_LAWS = {
    "Homogeneity": "<i>f</i>&thinsp;(<i>aI</i>&thinsp;) = <i>a&thinsp;f</i>&thinsp;(<i>I</i>&thinsp;)",
    "Additivity": "<i>f</i>&thinsp;(<i>I + J</i>&thinsp;) = <i>f</i>&thinsp;(<i>I</i>&thinsp;) + "
    "<i>f</i>&thinsp;(<i>J</i>&thinsp;)",
    "Superposition": "<i>f</i>&thinsp;(<i>aI + bJ</i>&thinsp;) = <i>a&thinsp;f</i>&thinsp;(<i>I</i>&thinsp;) + "
    "<i>b&thinsp;f</i>&thinsp;(<i>J</i>&thinsp;)",
}
#: The laws are written so much larger than the type around them.
_SCALE = 1.35
_GAP_PX = 28


class LinearityPage(QWidget):
    """The pictures of superposition, which contains the other two laws; below, the numbers of all three."""

    def __init__(self) -> None:
        super().__init__()
        self.left = PictureView("f (aI + bJ)")
        self.right = PictureView("a f (I) + b f (J)")
        self.difference = PictureView("difference")
        pictures = QHBoxLayout()
        pictures.setSpacing(12)
        for view in (self.left, self.right, self.difference):
            pictures.addWidget(view, 1)
        self._table = QGridLayout()
        self._table.setVerticalSpacing(8)
        self.texts = {name: (QLabel(), QLabel()) for name in _LAWS}
        for row, (name, labels) in enumerate(self.texts.items()):
            for column, label in enumerate((QLabel(f"<b>{name}</b>"), QLabel(_LAWS[name]), *labels)):
                label.setMinimumWidth(1)  # rather cut than a window wider than the screen
                self._table.addWidget(label, row, column)
        self._table.setColumnStretch(4, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(pictures, 1)
        layout.addLayout(self._table)
        self._fit()

    def show_laws(self, laws: Sequence[Law]) -> None:
        """Show the sides of the last law, and the numbers of all."""
        for law in laws:
            apart, verdict = self.texts[law.name]
            apart.setText(f"largest difference &nbsp;<b>{number_text(law.difference)}</b>")
            verdict.setText("✓  holds" if law.holds else "✗  broken")
        self._table.invalidate()  # it does not hear of longer texts before the next event
        if self._table.sizeHint().width() > self.width():
            self._fit()
        last = laws[-1]
        limit = round_limit(np.stack([last.left, last.right]))
        apart_limit = round_limit(last.left - last.right)
        self.left.show_picture(signed_picture(last.left, limit), limit)
        self.right.show_picture(signed_picture(last.right, limit), limit)
        self.difference.show_picture(signed_picture(last.left - last.right, apart_limit), apart_limit)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the table as large as it fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._write(1.0)
        taken = self._table.sizeHint().width()
        if taken > self.width():
            self._write(max(SMALLEST, 0.97 * self.width() / taken))

    def _write(self, part: float) -> None:
        """Write the table in this part of its largest type, its gaps with it."""
        font = sized(self.font(), part * _SCALE)
        self._table.setHorizontalSpacing(round(_GAP_PX * part * part))
        for at in range(self._table.count()):
            item = self._table.itemAt(at)
            label = None if item is None else item.widget()
            if label is not None:
                label.setFont(font)
