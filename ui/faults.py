"""What nobody caught: written to the log file and shown, never a traceback on the screen or a silent end."""

import logging
import logging.handlers
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QCoreApplication, QObject, QTimer

from motionapp.types import Failure

LOG = logging.getLogger("motionapp")

#: How often waiting failures are shown; it also lets Python see Ctrl+C while the window idles.
POLL_MS = 200


def log_folder() -> Path:
    """Return the folder of the log file, e.g. ``~/.local/state/motionapp/log``."""
    return Path(platformdirs.user_log_dir("motionapp", appauthor=False))


def open_log(folder: Path) -> logging.Handler:
    """Write warnings and worse to ``folder/motionapp.log``, at most 1 MB and one older file of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            folder / "motionapp.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    LOG.addHandler(handler)
    return handler


class Faults(QObject):
    """Catches exceptions of slots (``sys.excepthook``) and threads (``threading.excepthook``) while installed."""

    def __init__(self, show: Callable[[Failure], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show = show
        self._waiting: queue.SimpleQueue[Failure] = queue.SimpleQueue()
        self._hooks = (sys.excepthook, threading.excepthook)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.deliver)

    def install(self) -> None:
        """Take over both hooks."""
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        self._poll.start()

    def remove(self) -> None:
        """Give both hooks back."""
        sys.excepthook, threading.excepthook = self._hooks
        self._poll.stop()

    def deliver(self) -> None:
        """Show what has been caught since."""
        while not self._waiting.empty():
            self._show(self._waiting.get_nowait())

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        detail = "".join(traceback.format_exception(kind, error, trace))
        LOG.error("%s", detail)
        self._waiting.put(Failure(f"Something went wrong: {error or kind.__name__}", detail))

    def _caught_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._caught(caught.exc_type, caught.exc_value, caught.exc_traceback)
