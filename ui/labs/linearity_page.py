"""The laws of linearity on the picture that is playing: both sides, their difference, and whether it is nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from motionapp.labs.filters import Law
from motionapp.labs.shades import round_limit, signed_picture
from ui.labs.picture_view import PictureView

_LAWS = {
    "Homogeneity": "<i>f</i>(<i>a I</i>) = <i>a f</i>(<i>I</i>)",
    "Additivity": "<i>f</i>(<i>I + J</i>) = <i>f</i>(<i>I</i>) + <i>f</i>(<i>J</i>)",
    "Superposition": "<i>f</i>(<i>a I + b J</i>) = <i>a f</i>(<i>I</i>) + <i>b f</i>(<i>J</i>)",
}


class LinearityPage(QWidget):
    """One row of text for each law; the pictures are those of superposition, which contains the other two."""

    def __init__(self) -> None:
        super().__init__()
        self.left = PictureView("f(aI + bJ)")
        self.right = PictureView("a f(I) + b f(J)")
        self.difference = PictureView("difference")
        self.texts = {name: QLabel() for name in _LAWS}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for column, view in enumerate((self.left, self.right, self.difference)):
            layout.addWidget(view, 0, column)
            layout.setColumnStretch(column, 1)
        layout.setRowStretch(0, 1)
        for row, label in enumerate(self.texts.values(), start=1):
            layout.addWidget(label, row, 0, 1, 3)

    def show_laws(self, laws: Sequence[Law]) -> None:
        """Show the sides of the last law, and the numbers of all."""
        for law in laws:
            sign = "✓ holds" if law.holds else "✗ broken"
            self.texts[law.name].setText(
                f"<b>{law.name}</b> &nbsp; {_LAWS[law.name]} &nbsp;&nbsp; largest difference "
                f"<b>{law.difference:.2g}</b> &nbsp; {sign}"
            )
        last = laws[-1]
        limit = round_limit(np.stack([last.left, last.right]))
        self.left.show_picture(signed_picture(last.left, limit), limit)
        self.right.show_picture(signed_picture(last.right, limit), limit)
        apart = round_limit(last.left - last.right)
        self.difference.show_picture(signed_picture(last.left - last.right, apart), apart)
