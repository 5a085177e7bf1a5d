"""Make a running session of a URI. Called on a thread: the imports below take a second or two."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from motionapp.settings import Settings
from motionapp.types import Motion

if TYPE_CHECKING:
    from motionapp.live import LiveSession

#: Stands for the default camera or, where there is none, the bundled clip of a moving arm.
AUTO = "auto"


def open_session(
    uri: str,
    settings: Settings,
    camera_size: tuple[int, int] | None,
    watch: Callable[[Motion], None] | None = None,
) -> tuple[LiveSession, str]:
    """Return a started session and the URI it shows, which differs from ``uri`` for :data:`AUTO`.

    ``watch`` is called with every motion, on the compute thread.
    """
    from motionapp.live import LiveSession
    from motionapp.sources import open_source

    if uri == AUTO:
        uri = default_source()
    session = LiveSession(
        uri, settings, opener=partial(open_source, camera_size=camera_size), prepare=prepare, watch=watch
    )
    session.start()
    return session, uri


def prepare(progress: Callable[[int, int, str], None]) -> str | None:
    """Ready the kernels without holding up the window.

    The compiler leaves millions of objects that live for good. A full garbage collection walks through all of
    them and stops every thread for 0.2 s, again and again; set aside after each kernel, they are walked once.
    """
    from motionapp.live import warm_up

    def set_aside(done: int, total: int, label: str) -> None:
        gc.collect()
        gc.freeze()
        progress(done, total, label)

    return warm_up(set_aside)


def default_source() -> str:
    """Return the URI of the first camera, else of the bundled clip, else of the scene the clip was made from."""
    from motionapp.camera import list_cameras
    from motionapp.sources import bundled_clip

    cameras = list_cameras()
    if cameras:
        return f"camera:{cameras[0].index}"
    return bundled_clip()
