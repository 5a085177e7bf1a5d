"""How files are analysed and what is written, as controls: a recipe rendered, a new one for every change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog, QFormLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from motionapp.analysis.recipe import MOST_STEP, Recipe
from motionapp.settings import PRESETS, FlowSettings
from motionapp.types import MotionError
from ui.analysis.controls import check_box, choice, number, push_button, row, whole_number
from ui.plot_canvas import small

_QUALITIES = {
    "live": "Live: quarter resolution, fast",
    "balanced": "Balanced: half resolution",
    "accurate": "Accurate: full resolution, slow",
    "custom": "As set in the window",
}
_CAMERAS = {"off": "Leave it in", "median": "Take out a shift", "affine": "Take out shift, turn and zoom"}
_VIDEOS = {"off": "None", "arrows": "Arrows", "colour": "Colour", "heat": "Heat"}
_FIELDS = {
    "off": "None",
    "npz": "NumPy (.npz)",
    "h5": "HDF5 (.h5)",
    "flo": "Middlebury (.flo), one per frame",
    "kitti": "KITTI (.png), one per frame",
}
#: Whose regions and scale count.
OWN, SHOWN, NOBODY = "own", "shown", "none"
_LATEST_S = 359_999.0


class RecipeForm(QWidget):
    """Renders a :class:`Recipe`, whose regions count, where results go and how many processes work.

    Signals
    -------
    changed(Recipe)
        Something of the recipe was changed.
    refused(str)
        What was typed cannot be; why.
    marks_chosen(str), folder_chosen(Path | None), jobs_chosen(int)
        Whose regions and scale count; another folder, None for beside each file; another number of processes.
    draw_wanted()
        Regions are to be drawn on the picture.
    """

    changed = Signal(object)
    refused = Signal(str)
    marks_chosen = Signal(str)
    folder_chosen = Signal(object)
    jobs_chosen = Signal(int)
    draw_wanted = Signal()

    def __init__(self, flow: FlowSettings, most_jobs: int) -> None:
        super().__init__()
        self._recipe, self._flow = Recipe(), flow
        self.quality = choice("Quality", "How finely motion is estimated", _QUALITIES)
        self.start = _seconds("start", "Frames before this time are left out")
        self.end = _seconds("end", "Frames after this time are left out")
        self.step = whole_number("Step", "1: every frame; 2: every second one …", MOST_STEP)
        self.step.setPrefix("one in ")
        self.step.setSpecialValueText("every one")
        self.marks = choice("Regions and scale", "Drawn on the picture; the whole picture is always measured", {})
        self.draw = push_button("Draw…", "Draw regions and a line of known length on the picture")
        self.said = small(QLabel())
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.camera = choice("Motion of the camera", "For a camera that is held in the hand", _CAMERAS)
        self.csv = check_box("Table (CSV)", "Speeds, direction, place: a row for each frame and region")
        self.plots = check_box("Plots (PNG)", "Motion over time, motiongrams, heat map, energy map, direction")
        self.video = choice("Video", "The motion drawn over the picture, as mp4", _VIDEOS)
        self.beside = check_box("beside the original", "The picture as it is on the left")
        self.fields = choice("Fields", "The motion of every pixel in every frame; large files", _FIELDS)
        self.folder = QLineEdit(placeholderText="Beside each file", clearButtonEnabled=True)
        self.browse = push_button("Choose…", "Choose the folder for results")
        self.jobs = whole_number("Processes", "Processes that work at the same time", most_jobs)
        self._lay_out()
        self._connect()

    def render_marks(self, chosen: str, shown: str, said: str) -> None:
        """Show whose marks count, how the source on show is called ("" if none), and what they are."""
        entries = {OWN: "Those drawn on each file", SHOWN: f"Those on {shown}, for all files", NOBODY: "None"}
        if not shown:
            del entries[SHOWN]
        with QSignalBlocker(self.marks):
            self.marks.clear()
            for value, text in entries.items():
                self.marks.addItem(text, value)
            self.marks.setCurrentIndex(max(0, self.marks.findData(chosen)))
        self.draw.setEnabled(bool(shown))
        self.said.setText(said)
        self.said.setToolTip(said)

    def render(self, recipe: Recipe, folder: Path | None, jobs: int, flow: FlowSettings) -> None:  # type: ignore[override]
        """Show everything else; ``flow`` is what is set in the window."""
        self._recipe, self._flow = recipe, flow
        choices = ((self.quality, recipe.preset), (self.camera, recipe.camera))
        for box, value in (*choices, (self.video, recipe.video), (self.fields, recipe.fields)):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        for check, on in ((self.csv, recipe.csv), (self.plots, recipe.plots), (self.beside, recipe.side_by_side)):
            with QSignalBlocker(check):
                check.setChecked(on)
        for times, seconds in ((self.start, recipe.from_s), (self.end, recipe.to_s or 0.0)):
            with QSignalBlocker(times):
                times.setValue(seconds)
        for counts, count in ((self.step, recipe.step), (self.jobs, jobs)):
            with QSignalBlocker(counts):
                counts.setValue(count)
        self.beside.setEnabled(recipe.video != "off")
        if not self.folder.hasFocus():
            self.folder.setText("" if folder is None else str(folder))

    def _set(self, **changes: Any) -> None:
        try:
            self.changed.emit(replace(self._recipe, **changes))
        except MotionError:
            self.refused.emit("The range ends before it starts: type a later end, or 0 for the end of the file.")

    def _connect(self) -> None:
        self.quality.currentIndexChanged.connect(
            lambda: self._set(flow=PRESETS.get(self.quality.currentData(), self._flow))
        )
        for name, box in (("camera", self.camera), ("video", self.video), ("fields", self.fields)):
            box.currentIndexChanged.connect(lambda _at, name=name, box=box: self._set(**{name: box.currentData()}))
        for name, check in (("csv", self.csv), ("plots", self.plots), ("side_by_side", self.beside)):
            check.toggled.connect(lambda on, name=name: self._set(**{name: on}))
        self.start.valueChanged.connect(lambda value: self._set(from_s=value))
        self.end.valueChanged.connect(lambda value: self._set(to_s=value or None))
        self.step.valueChanged.connect(lambda value: self._set(step=value))
        self.jobs.valueChanged.connect(self.jobs_chosen)
        self.marks.currentIndexChanged.connect(lambda: self.marks_chosen.emit(self.marks.currentData()))
        self.draw.clicked.connect(self.draw_wanted)
        self.folder.editingFinished.connect(self._take_folder)
        self.browse.clicked.connect(self._browse)

    def _take_folder(self) -> None:
        text = self.folder.text().strip()
        self.folder_chosen.emit(Path(text).expanduser() if text else None)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Folder for results", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self.folder_chosen.emit(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(7)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow("Quality", self.quality)
        form.addRow("From, to", row(self.start, self.end))
        form.addRow("Frames", row(self.step, None))
        form.addRow("Regions, scale", row(self.marks, self.draw))
        form.addRow("", self.said)
        form.addRow("Camera's motion", self.camera)
        form.addRow("Write", row(self.csv, self.plots))
        form.addRow("Video", row(self.video, self.beside))
        form.addRow("Fields", self.fields)
        form.addRow("Into", row(self.folder, self.browse))
        form.addRow("Processes", row(self.jobs, None))


def _seconds(special: str, tip: str) -> QDoubleSpinBox:
    return number(special.capitalize(), tip, low=0.0, high=_LATEST_S, decimals=3, unit="s", special=special)
