"""Make a running session of a URI. Called on a thread: the imports below take a second or two."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from motionapp.settings import Settings

if TYPE_CHECKING:
    from motionapp.live import LiveSession

#: Stands for the default camera or, where there is none, the bundled clip of a moving arm.
AUTO = "auto"


def open_session(uri: str, settings: Settings, camera_size: tuple[int, int] | None) -> tuple[LiveSession, str]:
    """Return a started session and the URI it shows, which differs from ``uri`` for :data:`AUTO`."""
    from motionapp.live import LiveSession
    from motionapp.sources import open_source

    if uri == AUTO:
        uri = default_source()
    session = LiveSession(uri, settings, opener=partial(open_source, camera_size=camera_size))
    session.start()
    return session, uri


def default_source() -> str:
    """Return the URI of the first camera, else of the bundled clip, else of the scene the clip was made from."""
    from motionapp.camera import list_cameras

    cameras = list_cameras()
    if cameras:
        return f"camera:{cameras[0].index}"
    clip = Path(__file__).parent.parent / "recordings" / "moving-arm.mp4"
    return str(clip) if clip.is_file() else "scene:moving-arm"
