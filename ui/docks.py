"""Where the panels are: settings and descent on the right, what is drawn over time under the picture."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QTabWidget, QWidget

from ui.dock_title import DockTitle
from ui.preferences import Preferences

#: Raised whenever the set of docks changes, so that a layout stored by another version is not applied.
LAYOUT_VERSION = 2

#: Size of the window at the first start, and height of the frame a window manager draws around it.
SIZE = QSize(1280, 800)
FRAME_PX = 40

#: Width of the right column, heights of its two docks and of the plot under the picture, in px at the first start.
RIGHT_PX = 330
PANEL_PX, DESCENT_PX = 430, 200
MOTION_PX = 150
#: Results get so much height when they are shown: their curves are to be read.
RESULTS_PX = 230


class Docks(QObject):
    """Owns the docks of a window, their stored layout and what full screen hides."""

    NAMES = ("show_panel", "show_motion", "show_descent", "show_motiongram", "show_results")
    #: Not there until somebody asks for them.
    HIDDEN = ("show_motiongram", "show_results")
    RIGHT = ("show_panel", "show_descent")

    descent_seen = Signal(bool)

    def __init__(
        self,
        window: QMainWindow,
        panels: Mapping[str, QWidget],
        motion: QWidget,
        descent: QWidget,
        more: Mapping[str, QWidget],
        commands: Mapping[str, QAction],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._before: tuple[QByteArray, QByteArray, bool] | None = None  # docks, geometry, whether maximised
        self.tabs = QTabWidget(documentMode=True)
        for title, panel in panels.items():
            scroll = QScrollArea(widgetResizable=True)
            scroll.setFrameShape(QScrollArea.Shape.NoFrame)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setWidget(panel)
            self.tabs.addTab(scroll, title)
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        window.setCorner(Qt.Corner.BottomRightCorner, right)
        self._docks = {
            "show_panel": self._dock("Settings", self.tabs, right),
            "show_descent": self._dock("Descent", descent, right),
            "show_motion": self._dock("Motion over time", motion, bottom),
            "show_motiongram": self._dock("Motiongram", more["show_motiongram"], bottom),
            "show_results": self._dock("Results", more["show_results"], bottom),
        }
        for name, dock in self._docks.items():
            dock.visibilityChanged.connect(lambda _seen, dock=dock, action=commands[name]: _tick(action, dock))
        self._docks["show_descent"].visibilityChanged.connect(self.descent_seen)
        self.reset()
        self._default = window.saveState(LAYOUT_VERSION)

    def show_panel(self, title: str, part: QWidget | None = None) -> None:
        """Bring the panel called ``title`` to the front, from ``part`` of it on, unless only the picture is wanted."""
        if self.full_screen:
            return
        dock = self._docks["show_panel"]
        dock.show()
        dock.raise_()
        titles = [self.tabs.tabText(at) for at in range(self.tabs.count())]
        self.tabs.setCurrentIndex(titles.index(title))
        scroll = self.tabs.currentWidget()
        panel = scroll.widget() if isinstance(scroll, QScrollArea) else None
        if part is not None and isinstance(scroll, QScrollArea) and panel is not None:
            top = part.mapTo(panel, QPoint(0, -part.height() // 4)).y()
            scroll.verticalScrollBar().setValue(top)

    def show_dock(self, name: str) -> None:
        """Bring the dock of a command to the front, unless only the picture is wanted."""
        dock = self._docks[name]
        if self.full_screen:
            return
        if dock.isHidden():
            room = self._docks["show_motion"].width()
            dock.show()
            if name == "show_motiongram" and not self._docks["show_motion"].isHidden():
                self._share_width(room)
            if name == "show_results" and dock.height() < RESULTS_PX:
                self._window.resizeDocks([dock], [RESULTS_PX], Qt.Orientation.Vertical)
        dock.raise_()

    def toggle(self, name: str) -> None:
        """Show or hide the dock of a command."""
        if self._docks[name].isHidden():
            self.show_dock(name)
        else:
            self._docks[name].hide()

    def _share_width(self, room: int) -> None:
        """Divide ``room`` px between the docks under the picture; the right column stays as wide as it is."""
        below, panel = [self._docks[name] for name in ("show_motion", "show_motiongram")], self._docks["show_panel"]
        self._window.resizeDocks([*below, panel], [room // 2, room // 2, panel.width()], Qt.Orientation.Horizontal)

    def reset(self) -> None:
        """Put every dock back to its place and size."""
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        for name, dock in self._docks.items():
            dock.setFloating(False)
            self._window.addDockWidget(right if name in self.RIGHT else bottom, dock)
            dock.setVisible(name not in self.HIDDEN)
        panel, descent, motion = (self._docks[name] for name in ("show_panel", "show_descent", "show_motion"))
        self._window.splitDockWidget(panel, descent, Qt.Orientation.Vertical)
        self._window.tabifyDockWidget(motion, self._docks["show_results"])
        self._window.resizeDocks([panel, descent], [RIGHT_PX, RIGHT_PX], Qt.Orientation.Horizontal)
        self._window.resizeDocks([panel, descent], [PANEL_PX, DESCENT_PX], Qt.Orientation.Vertical)
        self._window.resizeDocks([motion], [MOTION_PX], Qt.Orientation.Vertical)

    def restore(self, preferences: Preferences) -> None:
        """Take over size, place and docks of the last time; without them the defaults stay."""
        geometry = preferences.layout("geometry")
        if geometry.isEmpty() or not self._window.restoreGeometry(geometry):
            self._fit_screen()
        if not self._window.restoreState(preferences.layout("docks"), LAYOUT_VERSION):
            self._window.restoreState(self._default, LAYOUT_VERSION)

    def keep(self, preferences: Preferences) -> None:
        """Remember size, place and docks, those from before full screen if it is on."""
        if self._before:
            docks, geometry, _ = self._before
        else:
            docks, geometry = self._window.saveState(LAYOUT_VERSION), self._window.saveGeometry()
        preferences.keep_layout("docks", docks)
        preferences.keep_layout("geometry", geometry)

    @property
    def full_screen(self) -> bool:
        """Whether only the picture is shown."""
        return self._before is not None

    def set_full_screen(self, on: bool, others: list[QWidget]) -> None:
        """Show nothing but the picture: hide the docks and ``others``, or bring all back."""
        if on == self.full_screen:
            return
        if on:
            window = self._window
            self._before = window.saveState(LAYOUT_VERSION), window.saveGeometry(), window.isMaximized()
            for widget in (*self._docks.values(), *others):
                widget.hide()
            self._window.showFullScreen()
            return
        assert self._before is not None
        state, _, maximised = self._before
        self._before = None
        self._window.showMaximized() if maximised else self._window.showNormal()
        for widget in others:
            widget.show()
        self._window.restoreState(state, LAYOUT_VERSION)

    def _fit_screen(self) -> None:
        """Take a good size; on a small screen all of it."""
        self._window.resize(SIZE)
        room = self._window.screen().availableSize()
        if room.width() < SIZE.width() or room.height() < SIZE.height() + FRAME_PX:
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    def _dock(self, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(title)
        dock.setTitleBarWidget(DockTitle(dock))
        dock.setWidget(content)
        self._window.addDockWidget(area, dock)
        return dock


def _tick(action: QAction, dock: QDockWidget) -> None:
    action.setChecked(not dock.isHidden())
