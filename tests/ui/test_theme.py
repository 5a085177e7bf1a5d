"""A change of the scheme reaches every widget, also those with a style sheet, which Qt leaves as they were."""

from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from ui.analysis.entries import Entry
from ui.analysis.pictures_dialog import PicturesDialog
from ui.theme import palette

ROLES = [QPalette.ColorRole[name] for name in ("Window", "WindowText", "Button", "ButtonText", "Base", "Text")]


@pytest.fixture
def paint(qapp):
    """Give the program the palette of a scheme."""
    before = qapp.palette()

    def choose(*, dark):
        qapp.setPalette(palette(dark=dark))
        qapp.processEvents()

    yield choose
    qapp.setPalette(before)


def colours(root):
    """Return in what ways the widgets in ``root`` are drawn: name, style sheet, colours."""
    widgets = [root, *root.findChildren(QWidget)]
    for widget in widgets:
        widget.ensurePolished()
    return {
        (widget.objectName(), widget.styleSheet(), *(widget.palette().color(role).name() for role in ROLES))
        for widget in widgets
    }


def test_a_window_looks_after_a_switch_as_one_that_was_opened_so(qtbot, make_window, preferences, paint):
    preferences.add_recent("/films/a.mp4")

    def opened():
        window = make_window()
        window.commands["show_classify"].trigger()
        qtbot.waitUntil(lambda: len(window.classroom.panel.cards.cards) == 2)
        window.analysis.desk.dialog.render((Entry(Path("a.mp4")),), 0.0, None, running=False)
        return window

    paint(dark=False)
    light = opened()
    as_light = colours(light)
    paint(dark=True)
    assert colours(light) == colours(opened())
    paint(dark=False)
    assert colours(light) == as_light


def test_the_names_of_pictures_follow_the_scheme(qtbot, paint):
    paint(dark=False)
    dialog = PicturesDialog([Path("/a/clip_heat.png")], "clip")
    qtbot.addWidget(dialog)
    paint(dark=True)
    again = PicturesDialog([Path("/a/clip_heat.png")], "clip")
    qtbot.addWidget(again)
    assert colours(dialog.names) == colours(again.names)
