"""One point of two frames: where it is, the plane of its motion, and its numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from motionapp.labs.descent import Path, Point, sentence
from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.labs.picture_view import PictureView
from ui.labs.plane_view import NAMES, PATHS, PlaneView
from ui.theme import ARROW


class PointPage(QWidget):
    """Lets a point be clicked and a start be chosen.

    Signals
    -------
    picked(float, float)
        A point, as parts of width and height.
    started(float, float)
        A motion (u, v) from which the descents are to start.
    """

    picked = Signal(float, float)
    started = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.picture, self.plane = PictureView("I, the first frame", self), PlaneView(self)
        self.numbers, self.paths = QLabel(self), QLabel(self)
        for label in (self.numbers, self.paths):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextFormat(Qt.TextFormat.RichText)
        self._point: Point | None = None
        self._side = 11
        self._shape = (1, 1)
        self.picture.overlay = self._frame_patch
        self.picture.clicked.connect(self._pick)
        self.plane.clicked.connect(self.started)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.addWidget(self.picture, 0, 0)
        layout.addWidget(self.plane, 0, 1)
        layout.addWidget(self.numbers, 1, 0)
        layout.addWidget(self.paths, 1, 1)
        layout.setRowStretch(0, 1)
        for column in (0, 1):
            layout.setColumnStretch(column, 1)

    def show_point(
        self, picture: Array, side: int, point: Point, contour: Array, reach: float, paths: Sequence[Path]
    ) -> None:
        """Show the frame, the patch of ``side`` px around the point, its cost and its descents."""
        self._point, self._side, self._shape = point, side, picture.shape[:2]
        self.picture.set_title("I, the first frame", f"point ({point.x}, {point.y}), patch {side}×{side} px")
        self.picture.show_picture(picture)
        self.plane.show_descent(contour, reach, point, paths)
        self.numbers.setText(_numbers_text(point))
        self.paths.setText(_paths_text(paths, point))

    def _pick(self, x: int, y: int) -> None:
        height, width = self._shape
        self.picked.emit((x + 0.5) / width, (y + 0.5) / height)

    def _frame_patch(self, painter: QPainter, area: QRectF, scale: float) -> None:
        if self._point is None:
            return
        half = self._side // 2
        corner = area.topLeft() + QRectF(self._point.x - half, self._point.y - half, 1, 1).topLeft() * scale
        frame = QRectF(corner.x(), corner.y(), self._side * scale, self._side * scale)
        width = max(1.0, self.fontMetrics().height() / 16.0)
        for pen in (QPen(QColor("white"), 4.0 * width), QPen(QColor(ARROW), 2.2 * width)):
            painter.setPen(pen)
            painter.drawRect(frame)


def _numbers_text(point: Point) -> str:
    levels = " &nbsp; ".join(
        f"<i>I</i><sub>{name}</sub> = <b>{number_text(value * 255.0)}</b>"
        for name, value in (("x", point.ix), ("y", point.iy), ("t", point.it))
    )
    return (
        f"<p>{levels} &nbsp; grey levels per px and per frame</p>"
        f"<p><span style='color:#e0348a'>┅┅</span> <i>I</i><sub>x</sub><i>u</i> + <i>I</i><sub>y</sub><i>v</i> + "
        f"<i>I</i><sub>t</sub> = 0 &nbsp; is all that one pixel says.</p><p>{sentence(point)}</p>"
    )


def _paths_text(paths: Sequence[Path], point: Point) -> str:
    rows = []
    for path in paths:
        u, v = path.points[-1]
        end = "<b>diverges</b>" if path.diverges else f"E&nbsp;=&nbsp;{number_text(float(path.costs[-1]))}"
        place = "far away" if max(abs(u), abs(v)) > 1e3 else _motion_text((u, v))
        rows.append(
            f"<tr><td><span style='color:{PATHS[path.method]}'>⬤</span> {NAMES[path.method]}&nbsp;&nbsp;</td>"
            f"<td>{place}&nbsp;&nbsp;</td><td>{end}</td></tr>"
        )
    known = []
    if point.estimate is not None:
        known.append(f"✕ least linearised cost {_motion_text(point.estimate)}")
    if point.truth is not None:
        known.append(f"◯ true motion {_motion_text(point.truth)}")
    steps = max(len(path.points) for path in paths) - 1
    table = f"<table>{''.join(rows)}</table>"
    return f"<p>After {steps} step{'s' * (steps != 1)}:</p>{table}<p>{' &nbsp; '.join(known)}</p>"


def _motion_text(motion: tuple[float, float]) -> str:
    return f"({number_text(motion[0])},&nbsp;{number_text(motion[1])})"
