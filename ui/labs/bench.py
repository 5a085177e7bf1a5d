"""Where a lab is at work: its canvas, its parameters beside it, its pictures and the thread that computes for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from motionapp.types import Failure
from ui.labs.catalogue import lab_class
from ui.labs.feed import Feed
from ui.labs.lab import Lab
from ui.labs.parameters_form import ParametersForm
from ui.labs.worker import Job, LabWorker
from ui.session_bridge import SessionBridge
from ui.theme import sized

#: A lab that takes longer than this to show anything says that it is being prepared.
PREPARING_MS = 250


class Bench(QWidget):
    """Holds one lab at a time, and what each lab was left with.

    Signals
    -------
    entered(Lab)
        Another lab is on show.
    applied(parameters)
        Parameters are in force.
    shown(Job)
        A result is on the screen, or could not be computed.
    failed(Failure)
        A lab could not compute something; what its source says is the feed's.
    """

    entered = Signal(object)
    applied = Signal(object)
    shown = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__()
        self.lab: Lab | None = None
        self.parameters: Any = None
        self._type_scale = 1.0
        self._kept: dict[str, tuple[Any, Mapping[str, Any]]] = {}
        self._asked = self._answered = 0
        self.feed, self.worker, self.form = Feed(bridge, self), LabWorker(self), ParametersForm()
        self.preparing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.preparing.setAutoFillBackground(True)
        self._tell_prepared(0, 0)
        self._late = QTimer(self, interval=PREPARING_MS, singleShot=True)
        self._late.timeout.connect(self.preparing.show)
        self._lay_out()
        self.form.changed.connect(self.apply)
        self.feed.viewed.connect(lambda _view: self._submit())
        self.feed.failed.connect(self._miss_picture)
        self.worker.prepared.connect(self._tell_prepared)
        self.worker.done.connect(self._show)
        self.worker.failed.connect(self._fail)

    @property
    def settled(self) -> bool:
        """Whether what is on the screen is all there is to show: the picture stands, and nothing is being computed."""
        return self.feed.frozen and self.feed.view is not None and self._answered == self._asked > 0

    def show_lab(self, name: str, parameters: Any = None, state: Mapping[str, Any] | None = None) -> None:
        """Show the lab ``name``: as it was left, or anew with the parameters and the state that are given.

        Raises
        ------
        KeyError, ValueError
            If there is no such lab, or it cannot take the state.
        """
        self._install(*self._made(name, parameters, state))

    def _made(self, name: str, parameters: Any, state: Mapping[str, Any] | None) -> tuple[Lab, Any]:
        """Return a lab that has taken its state and parameters, before anything on show is touched."""
        lab = lab_class(name)()
        left, held = self._kept.get(name, (lab.Parameters(), {}))
        if parameters is not None or state is not None:
            left, held = parameters or lab.Parameters(), state or {}
        lab.freeze_wanted.connect(self.feed.freeze)
        lab.render(left)
        if held:
            lab.set_state(held)
        return lab, left

    def _install(self, lab: Lab, parameters: Any) -> None:
        """Put a lab in the place of the one on show."""
        self._leave()
        self.lab = lab
        lab.changed.connect(self.apply)
        lab.frame_wanted.connect(self.feed.step)
        self.feed.stood.connect(lab.set_frozen)
        lab.set_frozen(self.feed.frozen)
        self._stage.addWidget(lab, 0, 0)
        lab.set_type_scale(self._type_scale)  # now that it has the font of the window
        self._tell_prepared(0, 0)
        self.preparing.hide()
        self.preparing.raise_()
        self._late.start()
        self.form.rebuild(parameters, lab.own_controls())
        if lab.side is not None:
            self._panel.insertWidget(1, lab.side)
        self.feed.set_history(lab.history, lab.longest_px)
        self.entered.emit(lab)
        self.apply(parameters)

    def show_scene(
        self,
        name: str,
        parameters: Any,
        state: Mapping[str, Any],
        uri: str,
        index: int,
        playing: bool,
        orientation: tuple[bool, int] = (False, 0),
    ) -> None:
        """Show a lab on a source of its own, from frame ``index`` on or standing there; errors as :meth:`show_lab`.

        Where there are errors all stays as it is.
        """
        made = self._made(name, parameters, state)
        self.feed.set_history(made[0].history, made[0].longest_px)
        self.feed.open(uri, index, playing, orientation)
        self._install(*made)

    def apply(self, parameters: Any) -> None:
        """Put parameters in force: on the form, in the lab, in what is computed next."""
        if self.lab is None:
            return
        self.lab.render(parameters)
        self.parameters = parameters
        hidden = self.lab.hidden(parameters)
        self.form.render(parameters, hidden)
        self._scroll.setVisible(not self.form.controls.keys() <= set(hidden))
        self.applied.emit(parameters)
        self._submit()

    def step(self) -> None:
        """Let the lab take its next step."""
        if self.lab is not None:
            self.lab.step()

    def reset(self) -> None:
        """Have the lab begin anew, see :meth:`ui.labs.lab.Lab.reset`."""
        if self.lab is not None:
            self.lab.reset()
            self.apply(self.lab.parameters_after_reset())

    def set_type_scale(self, scale: float) -> None:
        """Write and draw so much larger than usual."""
        self._type_scale = scale
        self._fit()
        if self.lab is not None:
            self.lab.set_type_scale(scale)

    def shut(self, timeout_s: float) -> bool:
        """Stop both threads; return whether they came home in time."""
        self._late.stop()
        return self.feed.shut(timeout_s / 2) & self.worker.shut(timeout_s / 2)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the canvas most of a narrow window."""
        super().resizeEvent(event)
        self._fit()

    def _leave(self) -> None:
        lab, self.lab = self.lab, None
        if lab is not None:
            self._kept[lab.id] = self.parameters, lab.state()
            if lab.side is not None:
                self._panel.removeWidget(lab.side)
                lab.side.hide()
                lab.side.deleteLater()
            self._stage.removeWidget(lab)
            lab.hide()
            lab.deleteLater()

    def _submit(self) -> None:
        if self.lab is not None and self.feed.view is not None:
            self._asked += 1
            self.worker.submit(Job(self.lab, self.feed.view, self.parameters, self._asked))

    def _show(self, job: Job, result: Any) -> None:
        if job.lab is self.lab:
            self._end_waiting()
            self.lab.show_result(result)
            self._answer(job)

    def _fail(self, job: Job, failure: Failure) -> None:
        self.failed.emit(failure)
        if job.lab is self.lab:
            self._end_waiting()
            self._answer(job)

    def _miss_picture(self, _failure: Failure) -> None:
        """A source that gives no picture is not waited for."""
        if self.lab is not None and self.feed.view is None:
            self._late.stop()
            self.preparing.setText("No picture")
            self.preparing.show()

    def _answer(self, job: Job) -> None:
        self._answered = job.serial
        self.shown.emit(job)

    def _tell_prepared(self, done: int, total: int) -> None:
        """Say how many kernels are compiled, which takes its time at the first start only."""
        how_far = f"{done + 1} of {total}, the first time only " if done < total else ""
        self.preparing.setText(f"Preparing {how_far}…")

    def _end_waiting(self) -> None:
        self._late.stop()
        self.preparing.hide()

    def _fit(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        self._scroll.setFixedWidth(min(36 * letter, max(28 * letter, round(0.28 * self.width()))) + 44)
        self.preparing.setFont(sized(self.font(), 2.0))

    def _lay_out(self) -> None:
        self._stage = QGridLayout()
        self._stage.setContentsMargins(12, 8, 8, 4)
        self._stage.addWidget(self.preparing, 0, 0)
        inside = QWidget()
        self._panel = QVBoxLayout(inside)
        self._panel.setContentsMargins(10, 8, 12, 8)
        self._panel.setSpacing(12)
        self._panel.addWidget(self.form)
        self._panel.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._stage, 1)
        layout.addWidget(self._scroll)
        self._fit()
