"""Drawing on the picture with the mouse, in a window that plays."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from ui.analysis.marks import Marks


@pytest.fixture
def markup(playing):
    """Regions and scale of a window that shows a picture of 64×48 px."""
    return playing.analysis.markup


@pytest.fixture
def at(playing):
    """Return where a place of the picture lies on the canvas."""
    view = playing.stage.view

    def place(x, y):
        return view.canvas.mapFromScene(view._box.mapViewToScene(QPointF(x, y)))

    return place


def drag(view, start, *places):
    surface = view.canvas.viewport()
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=start)
    for place in places:
        QTest.mouseMove(surface, place)
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=places[-1])


def test_a_rectangle_is_dragged_named_and_kept_with_its_source(playing, markup, at, preferences, qtbot):
    markup.panel.tools["rectangle"].click()
    assert markup.panel.tools["rectangle"].isChecked()
    drag(playing.stage.view, at(8, 10), at(20, 20), at(40, 30))
    assert not markup.panel.tools["rectangle"].isChecked()
    (region,) = markup.marks.regions
    assert region.points == ((8.0, 10.0), (40.0, 30.0))
    field = markup.panel.rows["Region 1"].field
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "hand")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [region.name for region in markup.marks.regions] == ["hand"]
    assert Marks.from_json(preferences.marks(playing.on_show.uri)) == markup.marks


def test_a_polygon_is_clicked_and_closed_with_enter(playing, markup, at):
    surface = playing.stage.view.canvas.viewport()
    markup.panel.tools["polygon"].click()
    for place in ((5, 5), (30, 6), (20, 30)):
        QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=at(*place))
    QTest.keyClick(playing.stage.view.canvas, Qt.Key.Key_Return)
    assert markup.marks.regions[0].points == ((5.0, 5.0), (30.0, 6.0), (20.0, 30.0))


def test_a_double_click_closes_a_polygon_and_leaves_the_window_as_large_as_it_is(playing, markup, at):
    surface = playing.stage.view.canvas.viewport()
    markup.panel.tools["polygon"].click()
    for place in ((5, 5), (30, 6), (20, 30)):
        QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=at(*place))
    QTest.mouseDClick(surface, Qt.MouseButton.LeftButton, pos=at(20, 30))
    assert len(markup.marks.regions[0].points) == 3
    assert not playing.isFullScreen()


def test_a_line_asks_for_its_length(playing, markup, at, qtbot):
    markup.panel.tools["line"].click()
    drag(playing.stage.view, at(10, 10), at(30, 10), at(50, 10))
    assert markup.marks.line.length_px == 40.0
    assert not markup.panel.no_line.isVisible()
    markup.panel.length.setValue(80.0)
    assert markup.marks.mm_per_px == 2.0
    markup.panel.remove_line.click()
    assert markup.marks.line is None


def test_esc_ends_drawing_and_nothing_else(playing, markup, at):
    playing.commands["fullscreen"].trigger()
    markup.drawing.take("polygon")
    QTest.mouseClick(playing.stage.view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at(5, 5))
    QTest.keyClick(playing, Qt.Key.Key_Escape)
    assert markup.drawing.tool is None
    assert markup.marks == Marks()
    assert playing.isFullScreen()
    QTest.keyClick(playing, Qt.Key.Key_Escape)
    assert not playing.isFullScreen()


def test_a_slip_of_the_hand_is_no_region(playing, markup, at):
    markup.drawing.take("rectangle")
    drag(playing.stage.view, at(8, 10), at(9, 10))
    assert markup.marks == Marks()
    assert markup.drawing.tool == "rectangle"


def test_regions_end_at_the_edge_of_the_picture(playing, markup, at):
    markup.drawing.take("rectangle")
    drag(playing.stage.view, at(50, 40), at(60, 44), at(500, 400))
    assert markup.marks.regions[0].points == ((50.0, 40.0), (64.0, 48.0))


def test_on_a_mirrored_picture_places_are_those_of_the_file(playing, markup, at, sessions, qtbot):
    playing.commands["mirror"].trigger()
    sessions.last.show(11)
    qtbot.waitUntil(lambda: playing.on_show.picture.motion.settings.view.mirror)
    markup.drawing.take("rectangle")
    drag(playing.stage.view, at(4, 10), at(20, 20), at(24, 30))
    assert {x for x, _ in markup.marks.regions[0].points} == {60.0, 40.0}


def test_every_source_has_marks_of_its_own(playing, markup, open_source, sessions, qtbot):
    markup.change(Marks().with_region(((1.0, 1.0), (9.0, 9.0))))
    first = playing.on_show.uri
    open_source("scene:zoom").show(3)
    qtbot.waitUntil(lambda: markup.source == "scene:zoom")
    assert markup.marks == Marks()
    assert len(markup.of(first).regions) == 1


def test_a_name_that_cannot_be_is_told_and_the_old_one_stays(playing, markup, messages):
    markup.change(Marks().with_region(((1.0, 1.0), (9.0, 9.0))))
    markup.panel.rename_wanted.emit("Region 1", "all")
    assert "all" in messages()[0]
    assert markup.panel.rows["Region 1"].field.text() == "Region 1"


def test_marks_can_be_hidden(playing, markup):
    assert playing.commands["show_regions"].isChecked()
    playing.commands["show_regions"].trigger()
    assert not markup.item.isVisible()
    assert not playing.commands["show_regions"].isChecked()


def test_without_a_picture_there_is_nothing_to_draw_on(window):
    assert not any(button.isEnabled() for button in window.analysis.markup.panel.tools.values())
