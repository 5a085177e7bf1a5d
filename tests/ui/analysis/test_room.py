"""What is seen while a source plays: coverage on the line of time, the motiongram, what costs nothing when hidden."""

import numpy as np
import pytest

from motionapp.settings import Settings
from motionapp.types import Frame, Motion
from ui import theme


def moving(index):
    flow = np.ones((2, 12, 16), np.float32)
    return Motion(
        Frame(index, index / 30, np.zeros((12, 16, 3), np.uint8)),
        flow,
        np.ones((12, 16), np.float32),
        1 / 30,
        Settings(),
    )


@pytest.fixture
def room(playing):
    """The room of a window that plays."""
    return playing.analysis


def test_what_was_played_shows_on_the_line_of_time(qtbot, playing, room, sessions):
    line = playing.stage.transport.timeline
    qtbot.waitUntil(lambda: not line._coverage.isNull())
    sessions.last.show(44)
    qtbot.waitUntil(lambda: line._coverage.pixelColor(505, 0).alpha() > 0)
    done = line._coverage.pixelColor(505, 0)
    playing.commands["accurate"].trigger()
    qtbot.waitUntil(lambda: line._coverage.pixelColor(505, 0) != done)
    assert line._coverage.pixelColor(505, 0).alpha() > 0
    assert line._coverage.pixelColor(900, 0).alpha() == 0


def test_another_source_has_seen_nothing_yet(qtbot, room, open_source):
    assert room.coverage.changes == 1
    open_source("scene:zoom")
    qtbot.waitUntil(lambda: room.uri == "scene:zoom")
    assert room.coverage.changes == 0


def test_the_motiongram_is_made_only_while_it_is_seen(qtbot, playing, room):
    told = []
    see = room.watch(told.append)
    see(moving(1))
    assert room.gram is None
    playing.commands["show_motiongram"].trigger()
    qtbot.waitUntil(room.motiongram.isVisible)
    for index in range(2, 12):
        see(moving(index))
    assert room.gram.strip().added == 10
    qtbot.waitUntil(lambda: not room.motiongram._empty.isVisible())
    playing.commands["show_motiongram"].trigger()
    qtbot.waitUntil(lambda: not room.motiongram.isVisible())
    see(moving(12))
    assert room.gram.strip().added == 10
    assert len(told) == 12


def test_the_side_of_the_motiongram_can_be_chosen(qtbot, playing, room):
    playing.commands["show_motiongram"].trigger()
    see = room.watch(lambda motion: None)
    see(moving(1))
    assert room.gram.strip().lines.shape == (1, 12)
    room.motiongram.sides["x"].click()
    see(moving(2))
    assert room.gram.strip().lines.shape == (1, 16)
    room.motiongram.redraw()
    assert "column" in room.motiongram._key.text()


@pytest.mark.parametrize("dark", [False, True])
def test_every_part_is_drawn_in_both_schemes(qtbot, playing, room, dark):
    for name in ("show_motiongram", "show_results", "analyse"):
        playing.commands[name].trigger()
    playing.setPalette(theme.palette(dark=dark))
    room.desk.dialog.setPalette(theme.palette(dark=dark))
    for widget in (room.motiongram, room.results.view, room.markup.panel, room.desk.dialog):
        assert not widget.grab().isNull()


def test_the_docks_are_not_there_until_they_are_asked_for(playing):
    assert not playing.commands["show_results"].isChecked()
    assert not playing.commands["show_motiongram"].isChecked()
    playing.commands["show_results"].trigger()
    playing.commands["reset_layout"].trigger()
    assert not playing.commands["show_results"].isChecked()
