"""Start the window, keep it answering, and leave cleanly whatever happens."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from pyqtgraph.util.garbage_collector import GarbageCollector
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ui import faults
from ui.icons import icon
from ui.main_window import MainWindow
from ui.preferences import Preferences, Scheme
from ui.theme import ARROW, palette

#: Cycles of objects are looked for by the GUI thread, as often as this, and by no other: what belongs to Qt has to die
#: where it lives, or two threads may wait for one another for ever.
COLLECT_S = 0.5


def run(source: str | None = None, *, shown: Callable[[MainWindow], None] | None = None) -> int:
    """Show the window until it is closed; the body of ``motionapp [SOURCE]``.

    Parameters
    ----------
    source : str or None
        What :func:`motionapp.sources.open_source` takes; "auto" for the default camera or, where there is
        none, the bundled clip; None for the start page.
    shown : callable, optional
        Called with the window once it is on the screen, before its source is opened: for screenshots and tests.

    Returns
    -------
    int
        Exit code: 0, or 130 after Ctrl+C.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("motionapp")
    app.setApplicationDisplayName("motionapp")
    app.setOrganizationName("motionapp")
    app.setStyle("Fusion")
    collector = GarbageCollector(COLLECT_S)
    log = faults.open_log(faults.log_folder())
    preferences = Preferences()
    choose_scheme(preferences.choices.scheme)
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _paint())
    window = MainWindow(preferences)
    app.setWindowIcon(icon("play", app.palette(), ARROW))
    window.scheme_chosen.connect(choose_scheme)
    caught = faults.Faults(window.show_failure, window)
    caught.install()
    interrupted = _leave_on_signals(window)
    window.show()
    QTimer.singleShot(0, window, lambda: _begin(window, source, shown))
    try:
        app.exec()
    finally:
        window.close()
        caught.remove()
        collector.timer.stop()
        gc.enable()
        faults.LOG.removeHandler(log)
        log.close()
    code = 130 if interrupted else 0
    if any(thread.daemon for thread in threading.enumerate()):
        _leave_now(code)
    return code


def choose_scheme(scheme: Scheme) -> None:
    """Use light or dark colours, or those of the system."""
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    QGuiApplication.styleHints().setColorScheme(schemes.get(scheme, Qt.ColorScheme.Unknown))
    _paint(dark=schemes.get(scheme))


def _paint(dark: Qt.ColorScheme | None = None) -> None:
    """Give every widget the palette of the scheme in force; platforms without one are light unless asked."""
    scheme = QGuiApplication.styleHints().colorScheme() if dark is None else dark
    QApplication.setPalette(palette(dark=scheme == Qt.ColorScheme.Dark))


def _begin(window: MainWindow, source: str | None, shown: Callable[[MainWindow], None] | None) -> None:
    if shown is not None:
        shown(window)
    preferences = window.preferences
    if source is None and preferences.choices.reopen and preferences.last_source:
        source = preferences.last_source
    if source is not None:
        window.open(source)
    window.recordings.look_for_unfinished()
    window.classroom.kept.look()


def _leave_on_signals(window: MainWindow) -> list[int]:
    """Close the window on Ctrl+C and SIGTERM, as if its cross had been clicked; returns the interrupts seen."""
    interrupted: list[int] = []

    def leave(number: int, _frame: Any) -> None:
        if number == signal.SIGINT:
            interrupted.append(number)
        QTimer.singleShot(0, window, window.close)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    return interrupted


def _leave_now(code: int) -> NoReturn:
    """End the process without waiting for threads that are stuck in a driver or a compiler.

    Files are closed and settings stored by now. A regular exit would tear the interpreter down under those
    threads, which aborts the process if one of them is inside C++ code.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
