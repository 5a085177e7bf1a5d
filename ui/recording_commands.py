"""What is kept: recordings, snapshots, exported flow, and what a crash left unfinished."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from motionapp.naming import file_stem, free_path
from motionapp.types import Picture
from ui.background import Background
from ui.faults import log_folder
from ui.preferences import Preferences
from ui.session_bridge import SessionBridge

if TYPE_CHECKING:
    from motionapp.live import SessionStatus

#: What can be exported of the shown frame: the name of the file filter → its suffix.
EXPORTS = {
    "Picture with overlay (*.png)": ".png",
    "Flow, Middlebury (*.flo)": ".flo",
    "Flow, NumPy (*.npz)": ".npz",
    "Flow, KITTI (*.kitti.png)": ".kitti.png",
}

#: Offered once there is a recording: the last one, for players that know no Matroska.
RECORDING = "Last recording as mp4 (*.mp4)"


class RecordingCommands(QObject):
    """Writes files in the background; says where each one is, or why there is none."""

    saved = Signal(object)
    found_unfinished = Signal(object)

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        background: Background,
        bridge: SessionBridge,
        shown: Callable[[], Picture | None],
    ) -> None:
        super().__init__(window)
        self._window, self._preferences, self._background = window, preferences, background
        self._bridge, self._shown = bridge, shown
        self._recorded: Path | None = None
        self._naming = threading.Lock()

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        return {
            "record": self.toggle_record,
            "snapshot": self.snapshot,
            "export": self.ask_export,
            "show_folder": lambda: self.show_folder(None),
            "log_folder": lambda: _show(log_folder()),
        }

    def folder(self) -> Path:
        """Return the folder of recordings and snapshots: the chosen one, else the default."""
        return self._preferences.choices.recordings or self.default_folder()

    @staticmethod
    def default_folder() -> Path:
        """Return the folder that is used while none is chosen."""
        from motionapp.recorder import default_folder

        return default_folder()

    def toggle_record(self) -> None:
        """Start a recording, or finish the one that runs."""
        session = self._bridge.session
        if session is None:
            return
        status = session.status()
        if status.recording is None:
            session.start_recording(self._new_path(status, ".mkv"))
        else:
            session.stop_recording()
        self._bridge.refresh()

    def note(self, status: SessionStatus) -> None:
        """Announce a recording that has been finished."""
        if status.recorded is not None and status.recorded != self._recorded:
            self._recorded = status.recorded
            self.saved.emit(status.recorded)

    def snapshot(self) -> None:
        """Save the shown picture with its overlay; an existing file is never overwritten."""
        picture = self._shown()
        session = self._bridge.session
        if picture is None or session is None:
            return
        stem = _stem(session.status())
        path = self.folder() / f"{stem}_{picture.motion.frame.index:06d}.png"

        def save() -> Path:
            with self._naming:  # two quick ones must not choose the same name
                return write_shown(picture, free_path(path))

        self._background.run("save the snapshot", save, self.saved.emit)

    def ask_export(self) -> None:
        """Let name and kind of the file be chosen, then write what is shown now."""
        picture = self._shown()
        session = self._bridge.session
        if picture is None or session is None:
            return
        name = f"{_stem(session.status())}_{picture.motion.frame.index:06d}.png"
        dialog = QFileDialog(self._window, "Export the shown frame", str(self.folder() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        recorded = self._recorded
        dialog.setNameFilters([*EXPORTS, *([RECORDING] if recorded else ())])

        def export(path: str) -> None:
            kind = dialog.selectedNameFilter()
            target = with_suffix(Path(path), ".mp4" if kind == RECORDING else EXPORTS.get(kind, ""))
            confirmed = target == Path(path)  # the dialog asked whether to replace this one, and no other
            target = target if confirmed else free_path(target)
            if recorded and target.suffix.lower() == ".mp4":
                self._background.run("export the recording", partial(write_mp4, recorded, target), self.saved.emit)
            else:
                write = partial(write_shown, picture, target, overwrite=confirmed)
                self._background.run("export the frame", write, self.saved.emit)

        dialog.fileSelected.connect(export)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_folder(self, path: Path | None) -> None:
        """Open the folder of ``path``, or the default one, in the file browser."""
        _show(path.parent if path else self.folder())

    def look_for_unfinished(self) -> None:
        """Look for recordings that a crash left unfinished; each is announced."""

        def find() -> list[Path]:
            from motionapp.recorder import unfinished

            return unfinished(self.folder())

        def announce(parts: list[Path]) -> None:
            for part in parts:
                self.found_unfinished.emit(part)

        self._background.run("look for unfinished recordings", find, announce)

    def recover(self, part: Path) -> None:
        """Finish a recording that was left unfinished."""

        def work() -> Path:
            from motionapp.recorder import recover

            return recover(part)

        self._background.run("recover the recording", work, self.saved.emit)

    def _new_path(self, status: SessionStatus, suffix: str) -> Path:
        moment = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        return free_path(self.folder() / f"{_stem(status)}_{moment}{suffix}")


def write_shown(picture: Picture, path: Path, overwrite: bool = False) -> Path:
    """Write what is shown to ``path``: the flow for .flo, .npz and .kitti.png, else the picture with its overlay."""
    from motionapp.flowfiles import write_flow, write_picture
    from motionapp.overlay import draw

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() in (".flo", ".npz") or path.name.endswith(".kitti.png"):
        write_flow(path, picture.motion.flow, overwrite)
    else:
        write_picture(path, draw(picture, picture.motion.settings.view), overwrite)
    return path


def write_mp4(recorded: Path, path: Path) -> Path:
    """Write the pictures of a recording to an mp4 file, without encoding them again."""
    from motionapp.video import remux_mp4

    return remux_mp4(recorded, path)


def with_suffix(path: Path, suffix: str) -> Path:
    """Return ``path`` with ``suffix`` in place of any other that can be exported."""
    if path.name.endswith(suffix):
        return path
    known = path.suffix.lower() in (".flo", ".npz", ".png", ".mp4")
    return path.with_name((path.stem.removesuffix(".kitti") if known else path.name) + suffix)


def _stem(status: SessionStatus) -> str:
    return file_stem(status.info.name if status.info else "")


def _show(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
