"""The Classify panel: record kinds of motion, train, watch the loss fall, see what is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSlider, QVBoxLayout, QWidget

from ui.fold import Fold
from ui.learning.class_cards import ClassCards
from ui.learning.classifier_texts import answer_text, progress_text, speed_text, step_text, training_text, warning_text
from ui.learning.confidence_bars import ConfidenceBars
from ui.learning.confusion_table import ConfusionTable
from ui.learning.curves import LearningCurves
from ui.learning.inside_view import InsideView
from ui.learning.training_options import TrainingOptions
from ui.learning.two_descents import TwoDescents
from ui.plot_canvas import small
from ui.theme import sized, theme

if TYPE_CHECKING:
    from motionapp.learning.classifier_status import ClassifierStatus


#: Curves are drawn at most this often: steps of descent come by the hundred.
REDRAW_MS = 150


class Surroundings(NamedTuple):
    """What the panel shows beside the classifier's status.

    ``watching``: a source is open. ``counting``: the class counted down for, and the seconds left. ``duration_s``: what
    the countdown records. ``importing``: clips read, of how many, and what is being read.
    """

    watching: bool = False
    counting: tuple[int | None, int] = (None, 0)
    duration_s: int = 3
    importing: tuple[int, int, str] | None = None


class ClassifierPanel(QWidget):
    """Renders :class:`ClassifierStatus`; its parts emit what is wanted. Hidden, it draws nothing.

    Signals
    -------
    seen(bool)
        Somebody looks at it, or nobody does any more.
    threshold_changed(float)
        "Unsure" below this confidence, 0 to 1.
    """

    seen = Signal(bool)
    threshold_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[ClassifierStatus, Surroundings] | None = None
        self._confusion: object = None
        self._curves: object = None
        self._pace = QTimer(self, interval=REDRAW_MS, singleShot=True)
        self._pace.timeout.connect(self._render_learning)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a name ends its editing
        self.cards, self.bars, self.curves = ClassCards(), ConfidenceBars(), LearningCurves()
        self.confusion, self.inside, self.descents = ConfusionTable(), InsideView(), TwoDescents()
        self.options = TrainingOptions()
        self.add = _button("Add class", "Another kind of motion")
        self.bring = _button("Import…", "Record clips from a folder that holds a folder for each class")
        self.cancel = _button("Cancel", "End the import; what has been read stays")
        self.train = _button("Train", "Learn from the samples (T)")
        self.stop = _button("Stop", "End the training at once; the best weights stay (T)")
        self.step = _button("Step", "One step of descent, with its numbers")
        self.importing, self.import_text = QProgressBar(textVisible=False), small(QLabel())
        self.importing.setFixedHeight(8)
        self.warnings, self.progress, self.numbers = _text(), small(_text()), small(_text())
        self.answer, self.speed = QLabel(), small(QLabel())
        self.threshold, self.threshold_text = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.threshold.setRange(0, 100)
        self.threshold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.threshold.setToolTip("Below this confidence the answer is “unsure”")
        self.threshold.setAccessibleName("Unsure below")
        self.threshold.valueChanged.connect(lambda value: self.threshold_changed.emit(value / 100.0))
        font = sized(self.answer.font(), 1.5)
        font.setBold(True)
        self.answer.setFont(font)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._colour()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.cards)
        layout.addLayout(_row(self.add, self.bring, self.cancel))
        layout.addWidget(self.importing)
        layout.addWidget(self.import_text)
        layout.addWidget(self.warnings)
        layout.addLayout(_row(self.train, self.stop, self.step))
        layout.addWidget(self.progress)
        layout.addWidget(self.numbers)
        head = QHBoxLayout()
        self.answer.setMinimumWidth(10)
        head.addWidget(self.answer, 1)
        head.addWidget(self.speed, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(head)
        layout.addWidget(self.bars)
        layout.addLayout(_row(self.threshold_text, self.threshold))
        layout.addWidget(self.curves)
        self.folds = {
            "confusion": Fold("Confusion", self.confusion, "Which class was taken for which", open=True),
            "options": Fold("Options", self.options, "How it learns, what it looks at"),
            "inside": Fold("Inside", self.inside, "Gradients, kernels, and the live motion layer by layer"),
            "descents": Fold("Two descents", self.descents, "Motion field and network go downhill alike"),
        }
        for fold in self.folds.values():
            layout.addWidget(fold)
        layout.addStretch(1)

    def render(self, status: ClassifierStatus, around: Surroundings) -> None:  # type: ignore[override]
        """Show ``status``; what has not changed is not drawn again."""
        self._shown = status, around
        if not self.isVisible():
            return
        self.cards.show_classes(status, around.counting)
        self.cards.enable(around.watching)
        self._render_import(around.importing)
        training = status.phase == "training"
        self.train.setEnabled(not training)
        self.step.setEnabled(not training)
        self.stop.setEnabled(training)
        short, every = warning_text(status)
        _say(self.warnings, short)
        if self.warnings.toolTip() != every:
            self.warnings.setToolTip(every)
        _say(self.progress, training_text(status))
        _say(self.numbers, step_text(status))
        self._render_answer(status)
        if not self._pace.isActive():
            self._render_learning()
        self.folds["confusion"].setVisible(status.confusion is not None)
        if status.confusion is not None and status.confusion is not self._confusion:
            self._confusion = status.confusion
            self.confusion.show_counts(status.confusion, status.confusion_classes)
        if self.options.isVisible():
            self.options.show_options(status, around.duration_s)

    def _render_learning(self) -> None:
        """Draw what changes with every step of descent, and then not for a while."""
        if self._shown is None or not self.isVisible():
            return
        status = self._shown[0]
        if status.curves is not self._curves:
            self._curves = status.curves
            self._pace.start()
        self.curves.show_curves(status.curves)
        if self.inside.isVisible():
            self.inside.gradients.show_norms(status.layers, status.gradient_norms)
        if self.descents.isVisible():
            self.descents.show_loss(status.curves)

    def _render_import(self, importing: tuple[int, int, str] | None) -> None:
        on = importing is not None
        self.bring.setVisible(not on)
        for widget in (self.cancel, self.importing, self.import_text):
            widget.setVisible(on)
        if importing is not None:
            done, total, _name = importing
            self.importing.setRange(0, total)
            self.importing.setValue(done)
            metrics = self.import_text.fontMetrics()
            room = max(80, self.width() - 24)
            self.import_text.setText(metrics.elidedText(progress_text(importing), Qt.TextElideMode.ElideMiddle, room))

    def _render_answer(self, status: ClassifierStatus) -> None:
        classes = () if status.model is None else status.model.classes
        text, sure = answer_text(status)
        if text != self.answer.text():
            self.answer.setText(text)
        if sure != self.answer.isEnabled():
            self.answer.setEnabled(sure)
        speed = speed_text(status)
        if speed != self.speed.text():
            self.speed.setText(speed)
        there = status.model is not None
        for widget in (self.answer, self.speed, self.bars, self.threshold, self.threshold_text):
            widget.setVisible(there)
        self.bars.show_answer(classes, status.recognition, status.threshold)
        part = round(100.0 * status.threshold)
        if self.threshold_text.text() != (said := f"unsure below {part} %"):
            self.threshold_text.setText(said)
        if not self.threshold.isSliderDown():
            with QSignalBlocker(self.threshold):
                self.threshold.setValue(part)

    def again(self) -> None:
        """Show what was shown last, with what has been unfolded since."""
        if self._shown is not None:
            self.render(*self._shown)

    def _colour(self) -> None:
        colours = theme(self.palette())
        self.warnings.setStyleSheet(
            f"background: {colours.banner}; color: {colours.banner_text};"
            f" border-left: 3px solid {colours.banner_edge}; padding: 3px 6px;"
        )
        for label in (self.speed, self.import_text, self.threshold_text):
            label.setStyleSheet(f"color: {colours.faint};")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.again()
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    return label


def _say(label: QLabel, text: str) -> None:
    if text != label.text():
        label.setText(text)
    label.setVisible(bool(text))


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
