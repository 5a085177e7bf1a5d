"""The Analyse dialog: the queue on the left, how and what on the right; it stays open beside the picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.analysis.controls import push_button, wrapped
from ui.analysis.entries import Entry, problems, state_text, whole_part, whole_text
from ui.analysis.recipe_form import RecipeForm
from ui.plot_canvas import notice, small
from ui.theme import primary_style, restyle, theme

_EMPTY = "Drop videos here, or press Add…\n\nWhat a camera or a scene shows has to be recorded first (Ctrl+R)."
_PATH = Qt.ItemDataRole.UserRole
_STYLE = "QTreeView::item { padding: 3px 2px; }"


class _Queue(QTreeWidget):
    """Files and how far each is; videos may be dropped on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels(["File", "Progress"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName("Files to analyse")
        restyle(self, _STYLE)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        self.header().setStretchLastSection(False)
        self.header().resizeSection(1, 200)
        self._empty = notice(_EMPTY, self.viewport())

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show the queue; rows that stay keep their selection."""
        self._empty.setVisible(not entries)
        while self.topLevelItemCount() > len(entries):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        colours = theme(self.palette())
        tones = {"failed": colours.series[1], "done": colours.series[2], "running": colours.accent}
        for at, entry in enumerate(entries):
            item = self.topLevelItem(at)
            if item is None:
                item = QTreeWidgetItem()
                self.addTopLevelItem(item)
            if item.data(0, _PATH) != str(entry.path):
                item.setSelected(False)
                item.setData(0, _PATH, str(entry.path))
                item.setText(0, entry.path.name)
                item.setToolTip(0, str(entry.path))
            text = state_text(entry)
            if item.text(1) != text:
                item.setText(1, text)
                item.setToolTip(1, entry.message or text)
            item.setForeground(1, QColor(tones.get(entry.state, colours.faint)))

    def colour(self, entries: Sequence[Entry]) -> None:
        """Take the colours of another scheme."""
        restyle(self, _STYLE)
        self.show_entries(entries)

    @property
    def chosen(self) -> list[Path]:
        """The selected files."""
        return [Path(item.data(0, _PATH)) for item in self.selectedItems()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect().adjusted(16, 0, -16, 0))


class AnalyseDialog(QDialog):
    """Renders a queue and what goes with it; every touch is a signal.

    Signals
    -------
    add_requested(), files_dropped(list[Path]), remove_requested(list[Path])
        Choose files; take these; take these out.
    start_requested(), cancel_requested(), copy_requested()
        Begin; end within a frame; the command of this run on the clipboard.
    open_requested(Path, Path)
        Show the results in this table, of this video.
    """

    add_requested = Signal()
    files_dropped = Signal(list)
    remove_requested = Signal(list)
    start_requested = Signal()
    cancel_requested = Signal()
    copy_requested = Signal()
    open_requested = Signal(object, object)

    def __init__(self, form: RecipeForm, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Analyse")
        self.setAcceptDrops(True)
        self.form, self.queue = form, _Queue()
        self._entries: tuple[Entry, ...] = ()
        self._running = False
        self.add = push_button("Add…", "Put videos into the queue")
        self.remove = push_button("Remove", "Take the selected files out of the queue")
        self.start = push_button("Start", "Analyse the files of the queue, one after the other")
        self.cancel = push_button("Cancel", "End at once; what was done is kept, and Start goes on from there")
        self.copy = push_button("Copy as command", "Put the command that gives the same results on the clipboard")
        self.show_table = push_button(
            "Open results", "Show the numbers of the selected file as curves beside its video"
        )
        self.close_dialog = push_button("Close", "Close this window; an analysis goes on")
        self.bar, self.whole = QProgressBar(textVisible=False), small(QLabel())
        self.bar.setRange(0, 1000)
        self.bar.setFixedHeight(8)
        self.message = wrapped()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self._connect()
        self.say("")

    def render(  # type: ignore[override]
        self, entries: tuple[Entry, ...], elapsed_s: float, left_s: float | None, *, running: bool
    ) -> None:
        """Show the queue and what can be done with it; it has taken ``elapsed_s`` and will take about ``left_s``."""
        ended = self._running and not running
        self._entries, self._running = entries, running
        self.queue.show_entries(entries)
        self.form.setEnabled(not running)
        self.start.setVisible(not running)
        self.start.setEnabled(bool(entries))
        self.cancel.setVisible(running)
        self.copy.setEnabled(bool(entries))
        self.bar.setVisible(running)
        self.bar.setValue(round(1000 * whole_part(entries)))
        self.whole.setText(whole_text(entries, elapsed_s, left_s, running=running))
        self._choose()
        self._lead()
        if ended:
            self.say(problems(entries), bad=True)

    def _lead(self) -> None:
        """Mark the button that leads on."""
        first = self.show_table if self.show_table.isEnabled() and not self._running else self.start
        for button in (self.start, self.show_table):
            restyle(button, primary_style(theme(self.palette())) if button is first else "")

    def say(self, text: str, *, bad: bool = False) -> None:
        """Say something under the queue, "" for nothing; ``bad``: something went wrong."""
        colours = theme(self.palette())
        ground, edge, ink = (colours.banner, colours.banner_edge, colours.banner_text)
        if not bad:
            ground, edge, ink = colours.band, colours.accent, colours.foreground
        self.message.setStyleSheet(f"background: {ground}; color: {ink}; border-left: 4px solid {edge}; padding: 6px;")
        self.message.setText(text)
        self.message.setVisible(bool(text))

    @property
    def ready(self) -> Entry | None:
        """The selected file that has a table, else the first that has one."""
        with_table = {entry.path: entry for entry in self._entries if entry.table is not None}
        return next((with_table[path] for path in (*self.queue.chosen, *with_table) if path in with_table), None)

    def _choose(self) -> None:
        running = {entry.path for entry in self._entries if entry.state == "running"}
        self.remove.setEnabled(any(path not in running for path in self.queue.chosen))
        self.show_table.setEnabled(self.ready is not None)

    def _ask_open(self) -> None:
        entry = self.ready
        if entry is not None:
            self.open_requested.emit(entry.table, entry.path)

    def _connect(self) -> None:
        self.queue.itemSelectionChanged.connect(self._choose)
        self.add.clicked.connect(self.add_requested)
        self.remove.clicked.connect(lambda: self.remove_requested.emit(self.queue.chosen))
        self.start.clicked.connect(self.start_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.show_table.clicked.connect(self._ask_open)
        self.close_dialog.clicked.connect(self.close)
        self.form.refused.connect(lambda text: self.say(text, bad=True))
        self.form.changed.connect(lambda _recipe: self.say(""))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self.add)
        tools.addWidget(self.remove)
        tools.addStretch(1)
        tools.addWidget(self.whole)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(tools)
        left.addWidget(self.queue, 1)
        left.addWidget(self.bar)
        left.addWidget(self.message)
        right = QVBoxLayout()
        right.addWidget(self.form)
        right.addStretch(1)
        self.form.setFixedWidth(430)
        halves = QHBoxLayout()
        halves.setSpacing(18)
        halves.addLayout(left, 1)
        halves.addLayout(right)
        last = QHBoxLayout()
        last.addWidget(self.copy)
        last.addWidget(self.show_table)
        last.addStretch(1)
        for button in (self.start, self.cancel, self.close_dialog):
            last.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(12)
        layout.addLayout(halves, 1)
        layout.addLayout(last)
        self.resize(980, 500)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files_dropped.emit([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "message"):
            self.say(self.message.text(), bad=bool(problems(self._entries)))
            self.queue.colour(self._entries)
            self._lead()
