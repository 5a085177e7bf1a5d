"""Windows of the labs, fed by a scene that stands, closed at the end."""

from __future__ import annotations

import pytest

from ui.labs.window import LabWindow
from ui.session_bridge import SessionBridge

#: Compiling what a lab needs may take so long on a machine whose cache is empty.
COMPILED_MS = 300_000


@pytest.fixture
def lab_window(qtbot):
    """An empty window of the labs; nothing plays in the main window."""

    def refuse(*_arguments):
        raise AssertionError("nothing is opened in the main window")

    window = LabWindow(SessionBridge(refuse))
    qtbot.addWidget(window)
    window.resize(1280, 720)  # the offscreen screen is smaller than any that is used
    window.show()
    yield window
    window.close()
    assert not window.unfinished


@pytest.fixture
def show(qtbot, lab_window):
    """Show a lab on a frame of a scene, and wait until all of it is there."""

    def show_lab(name, frame=40, source="scene:moving-arm", **parameters):
        from dataclasses import replace

        from motionapp.lectures.lecture import parameters_of

        lab_window.bench.show_scene(name, replace(parameters_of(name), **parameters), {}, source, frame, False)
        settle(qtbot, lab_window)
        return lab_window.bench.lab

    return show_lab


def settle(qtbot, window):
    """Wait until nothing more is going to change."""
    qtbot.waitUntil(lambda: window.bench.settled, timeout=COMPILED_MS)
    assert [banner.failure.message for banner in window.banners.banners] == []
