"""The window of the labs: a head with the commands of every lab, the lab at work, its formula."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from motionapp.labs.view import LabView
from motionapp.types import Failure
from ui.actions import LAB_COMMANDS, make_actions
from ui.banner import BannerStack
from ui.drop_window import DropWindow
from ui.key_page import KeyPage
from ui.labs.bench import Bench
from ui.labs.foot import Foot
from ui.labs.head_bar import HeadBar
from ui.labs.lab import Lab
from ui.labs.worker import Job
from ui.session_bridge import SessionBridge
from ui.shortcuts import ShortcutRule

if TYPE_CHECKING:
    from ui.labs.lecturer import Lecturer

#: How much larger everything is written for people in the back row.
PROJECTOR = 1.8
#: Pictures per second are averaged over so many of them.
COUNTED = 20
CLOSE_S = 2.0
#: Height of the frame that the system puts round a window, about.
TITLE_PX = 40


class LabWindow(DropWindow):
    """Shows one lab at a time, fed by the main window's source or one of its own.

    Signals
    -------
    closed()
        The window is gone; nothing of the labs runs any more.
    """

    closed = Signal()

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__()
        room = self.screen().availableSize()
        self.resize(min(1280, room.width()), min(720, room.height() - TITLE_PX))
        self.unfinished = False
        self._source = ""
        self._times: deque[float] = deque(maxlen=COUNTED)
        self._lecturer: Lecturer | None = None
        self.bench = Bench(bridge)
        self.commands = make_actions(self, self._handlers(), LAB_COMMANDS)
        self.head, self.foot, self.banners = HeadBar(self.commands), Foot(), BannerStack()
        self._size = self.font().pointSizeF()
        self._lay_out()
        self._connect()
        self.rule = ShortcutRule(self, self.bench)

    @property
    def lecturer(self) -> Lecturer:
        """Who leads through a lecture; made when first asked for."""
        if self._lecturer is None:
            from ui.labs.lecturer import Lecturer

            self._lecturer = Lecturer(self)
        return self._lecturer

    def show_lab(self, name: str) -> None:
        """Show the lab ``name`` as it was left; KeyError if there is none."""
        self.bench.show_lab(name)

    @property
    def type_scale(self) -> float:
        """How much larger than usual everything is written."""
        return PROJECTOR if self.commands["projector"].isChecked() else 1.0

    def set_projector(self, on: bool) -> None:
        """Write for the back row, or for the desk."""
        self.commands["projector"].setChecked(on)
        font = self.font()
        font.setPointSizeF(self._size * self.type_scale)
        self.setFont(font)
        self.bench.set_type_scale(self.type_scale)

    def set_full_screen(self, on: bool) -> None:
        """Fill the screen, or not."""
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(self.windowState() | full if on else self.windowState() & ~full)
        self.commands["fullscreen"].setChecked(on)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop every thread of the labs."""
        self.rule.detach()
        self.unfinished = not self.bench.shut(CLOSE_S)
        event.accept()
        self.closed.emit()

    def _handlers(self) -> dict[str, Callable[[], None]]:
        return {
            "freeze": self._freeze,
            "step": self.bench.step,
            "reset": self.bench.reset,
            "projector": lambda: self.set_projector(self.type_scale != 1.0),
            "fullscreen": lambda: self.set_full_screen(not self.isFullScreen()),
            "next_scene": lambda: self.lecturer.next(),
            "previous_scene": lambda: self.lecturer.previous(),
            "start_lecture": lambda: self.lecturer.start(),
            "add_scene": lambda: self.lecturer.add_scene(),
            "leave": self._leave,
            "close": lambda: (self.close(), None)[1],
            "keys": self._show_keys,
        }

    def _lay_out(self) -> None:
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.banners)
        layout.addWidget(self.bench, 1)
        layout.addWidget(self.foot)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        bench = self.bench
        self.head.lab_chosen.connect(self.show_lab)
        bench.entered.connect(self._enter)
        bench.applied.connect(self._describe)
        bench.shown.connect(self._tell_source)
        bench.failed.connect(self.banners.add)
        bench.feed.failed.connect(self._miss_picture)
        bench.feed.named.connect(self._name)
        self.files_dropped.connect(lambda paths: bench.feed.open(paths[0]))

    def _enter(self, lab: Lab) -> None:
        self._times.clear()
        self.head.render_lab(lab.id)
        self.setWindowTitle(f"{lab.title} — motionapp")

    def _describe(self, _parameters: Any) -> None:
        if self.bench.lab is not None:
            self.foot.show_formula(self.bench.lab.formula)

    def _tell_source(self, job: Job) -> None:
        self._times.append(time.monotonic())
        self._write_source(job.view, job.lab)

    def _write_source(self, view: LabView, lab: Lab) -> None:
        """Write what the pictures are of, how large they are and how many come each second, for a lab that has any."""
        feed, (height, width) = self.bench.feed, view.frame.image.shape[:2]
        self.commands["freeze"].setChecked(feed.frozen)
        if not lab.pictures:
            self.head.show_source("")
            return
        texts = [self._source, f"{width}×{height}"]
        if max(width, height) > lab.longest_px:
            texts.append(f"reduced to {lab.longest_px} px")
        if feed.frozen:
            texts.append(f"frame {view.frame.index + 1}")
        elif len(self._times) == COUNTED:
            texts.append(f"{(COUNTED - 1) / max(1e-6, self._times[-1] - self._times[0]):.0f} per second")
        if lab.pairs and view.previous is None:
            texts.append("no frame before it: nothing is known of motion")
        self.head.show_source("  ·  ".join(text for text in texts if text))

    def _freeze(self) -> None:
        feed, lab = self.bench.feed, self.bench.lab
        feed.freeze(not feed.frozen)
        self._times.clear()
        self.commands["freeze"].setChecked(feed.frozen)
        if feed.view is not None and lab is not None:
            self._write_source(feed.view, lab)

    def _leave(self) -> None:
        """Leave full screen first, and only then the lecture."""
        if self.isFullScreen():
            self.set_full_screen(False)
        elif self._lecturer is not None:
            self._lecturer.leave()

    def _miss_picture(self, failure: Failure) -> None:
        """Tell that a source cannot be read; a scene that has nothing else to show is passed over."""
        if self._lecturer is not None and self._lecturer.running and self.bench.feed.view is None:
            self._lecturer.pass_over(f"source: {failure.message.rstrip('.')}")
        else:
            self.banners.add(failure)

    def _show_keys(self) -> None:
        page = self.findChild(KeyPage) or KeyPage(self)
        page.show()
        page.raise_()

    def _name(self, name: str) -> None:
        self._source = name
        self.head.show_source(name)
