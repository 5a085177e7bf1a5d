"""Every way to choose a source: dialogs, recent files, the clipboard, cameras, scenes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from motionapp.types import Failure
from ui.background import Background
from ui.network_dialog import NetworkDialog
from ui.preferences import CAMERA_SIZES, Preferences
from ui.preferences_dialog import size_text

if TYPE_CHECKING:
    from motionapp.camera import CameraInfo

VIDEOS = "*.mp4 *.mkv *.avi *.mov *.webm *.m4v *.mpg"
PICTURES = "*.png *.jpg *.jpeg *.tif *.tiff *.bmp"
FILTER = f"Videos and pictures ({VIDEOS} {PICTURES});;All files (*)"


def find_cameras() -> list[CameraInfo]:
    """List the cameras; takes up to a second, so it is called on a thread."""
    from motionapp.camera import list_cameras

    return list_cameras()


class SourceCommands(QObject):
    """Emits the URI of whatever was chosen."""

    chosen = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        background: Background,
        cameras: Callable[[], list[CameraInfo]] = find_cameras,
    ) -> None:
        super().__init__(window)
        self._window, self._preferences, self._background, self._find = window, preferences, background, cameras

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        return {
            "open": self.ask_file,
            "open_folder": self.ask_folder,
            "paste": self.paste,
            "network": self.ask_address,
        }

    def fill(self, menus: dict[str, QMenu]) -> None:
        """Fill the submenus whenever they are opened."""
        for name, fill in (("recent", self._recent), ("cameras", self._cameras), ("scenes", self._scenes)):
            menus[name].aboutToShow.connect(partial(fill, menus[name]))

    def ask_file(self) -> None:
        """Let a file be chosen."""
        self._ask("Open a video or a picture", QFileDialog.FileMode.ExistingFile)

    def ask_folder(self) -> None:
        """Let a folder of pictures be chosen."""
        self._ask("Open a folder of pictures", QFileDialog.FileMode.Directory)

    def ask_address(self) -> None:
        """Let the address of a network camera be typed."""
        dialog = NetworkDialog(self._window)
        dialog.chosen.connect(self.chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def open_default_camera(self) -> None:
        """Open the first camera, or say that there is none."""

        def found(cameras: list[CameraInfo]) -> None:
            if cameras:
                self.chosen.emit(f"camera:{cameras[0].index}")
            else:
                self.failed.emit(Failure("No camera was found. Plug one in, or open a video or a scene."))

        self._background.run("list the cameras", self._find, found)

    def paste(self) -> None:
        """Open the path, file or address on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        local = next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")
        text = local or data.text().strip().strip("'\"")
        if not text or "\n" in text or not (uri := _as_uri(text)):
            self.failed.emit(Failure("The clipboard holds no path. Copy the path of a file and press Ctrl+V again."))
            return
        self.chosen.emit(uri)

    def drop(self, paths: list[str]) -> None:
        """Open the first of the files dropped on the window."""
        if paths:
            self.chosen.emit(paths[0])

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        recent = self._preferences.recent
        dialog = QFileDialog(self._window, title, str(Path(recent[0]).parent) if recent else "")
        dialog.setFileMode(mode)
        if mode == QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilter(FILTER)
        dialog.fileSelected.connect(self.chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self._preferences.recent:
            menu.addAction(path.replace("&", "&&"), partial(self.chosen.emit, path))
        if menu.isEmpty():
            menu.addAction("None yet").setEnabled(False)

    def _scenes(self, menu: QMenu) -> None:
        from motionapp.scenes import LAB_SCENES, SCENES

        menu.clear()
        for scenes in (SCENES, LAB_SCENES):
            menu.addSeparator()
            for name, scene in scenes.items():
                menu.addAction(scene.title, partial(self.chosen.emit, f"scene:{name}"))

    def _cameras(self, menu: QMenu) -> None:
        """Look for cameras in the background; the menu says so and is filled when they are known."""
        self._show_cameras(menu, None)
        self._background.run("list the cameras", self._find, partial(self._show_cameras, menu))

    def _show_cameras(self, menu: QMenu, cameras: list[CameraInfo] | None) -> None:
        menu.clear()
        for sizes in menu.findChildren(QMenu):  # clearing takes away its entry only
            sizes.deleteLater()
        if cameras is None:
            menu.addAction("Looking for cameras …").setEnabled(False)
        elif not cameras:
            menu.addAction("No camera found").setEnabled(False)
        for camera in cameras or ():
            menu.addAction(camera.name.replace("&", "&&"), partial(self.chosen.emit, f"camera:{camera.index}"))
        menu.addSeparator()
        self._add_sizes(menu.addMenu("Resolution"))
        menu.addAction("Network camera…", self.ask_address)

    def _add_sizes(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for size in CAMERA_SIZES:
            action = menu.addAction(size_text(size), partial(self._choose_size, size))
            action.setCheckable(True)
            action.setChecked(size == self._preferences.choices.camera_size)
            group.addAction(action)

    def _choose_size(self, size: tuple[int, int] | None) -> None:
        self._preferences.choices = replace(self._preferences.choices, camera_size=size)


def _as_uri(text: str) -> str:
    """Return ``text`` as a source, "" if it is none: ``file:`` and ``~`` are understood.

    Nothing pasted ever reaches the network: its address has an entry of its own.
    """
    if text.startswith("network:"):
        return ""
    if text.startswith("file:"):
        return QUrl(text).toLocalFile()
    return str(Path(text).expanduser()) if text.startswith("~") else text
