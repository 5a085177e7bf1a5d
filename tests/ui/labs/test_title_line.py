"""The lines over pictures, and the one that says where they come from, are never cut while there is room."""

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QLabel

from ui.labs.backprop_diagram import COLUMNS
from ui.labs.title_line import SMALLEST, fitted, title_fonts


@pytest.fixture
def font(qapp):
    return QFont(qapp.font())


def test_a_line_that_fits_keeps_its_size(font):
    bold, plain, width = title_fonts(font, "rebuilt", "of levels kept", 2000.0)
    assert bold.pointSizeF() == plain.pointSizeF() == font.pointSizeF()
    assert width < 2000.0


@pytest.mark.parametrize("part", [0.95, 0.85, 0.75])
def test_a_line_that_does_not_fit_is_written_smaller_until_it_does(font, part):
    room = part * title_fonts(font, "bump less its blur", "all directions", 2000.0)[2]
    bold, plain, width = title_fonts(font, "bump less its blur", "all directions", room)
    assert width <= room
    assert bold.pointSizeF() == plain.pointSizeF() < font.pointSizeF()


def test_no_line_is_written_too_small_to_be_read(font):
    bold, _, width = title_fonts(font, "bump less its blur", "all directions", 30.0)
    assert bold.pointSizeF() >= (SMALLEST - 0.02) * font.pointSizeF()
    assert width > 30.0


@pytest.mark.parametrize(("text", "beside"), [("clip.mp4", True), ("a clip of a long name, " * 6, False)])
def test_a_source_that_does_not_fit_beside_the_buttons_has_a_line_of_its_own(qtbot, lab_window, text, beside):
    head = lab_window.head
    head.show_source(text)
    (shown,) = [label for label in head.findChildren(QLabel) if label.isVisible() and label.text() == text]
    qtbot.waitUntil(lambda: (shown.y() < head.buttons["freeze"].geometry().bottom()) == beside)
    assert QFontMetricsF(shown.font()).horizontalAdvance(text) <= shown.width() + 1
    head.show_source("")
    assert not head._below.isVisible()


def texts_cut(page):
    """Return the texts of the labels of a page that are narrower than what they say."""
    labels = [label for label in page.findChildren(QLabel) if label.isVisible() and not label.wordWrap()]
    return [label.text() for label in labels if label.width() < label.sizeHint().width()]


@pytest.mark.parametrize(("name", "page"), [("filters", "linearity"), ("network", "activations")])
def test_tables_are_written_smaller_where_they_would_be_cut(qtbot, lab_window, show, name, page):
    lab_window.commands["projector"].trigger()
    lab = show(name, page=page)
    qtbot.waitUntil(lambda: texts_cut(lab) == [])


@pytest.mark.parametrize(("name", "page"), [("descent", "point"), ("network", "points")])
def test_the_line_over_a_plane_is_written_whole(qtbot, lab_window, show, monkeypatch, name, page):
    written = []

    def write(painter, room, left, texts, colours):
        written.append(title_fonts(painter.font(), *texts, room.width())[2] <= room.width())

    monkeypatch.setattr("ui.labs.plane_view.write_title", write)
    monkeypatch.setattr("ui.labs.point_map.write_title", write)
    lab_window.commands["projector"].trigger()
    show(name, page=page)
    lab_window.grab()
    assert written
    assert written[-1]


def test_the_numbers_of_a_bar_leave_room_for_its_colours(font):
    font = fitted(font, 70.0, lambda own: QFontMetricsF(own).horizontalAdvance("−0.01210.0121"))
    assert QFontMetricsF(font).horizontalAdvance("−0.01210.0121") <= 70.0


def test_heads_and_weights_of_the_worked_network_stand_side_by_side(qtbot, lab_window, show):
    lab_window.commands["projector"].trigger()
    diagram = show("network", page="backpropagation").page.diagram
    metrics, heads = diagram._metrics, QFontMetricsF(diagram._heads)
    centres = [diagram._box(column, 0).center().x() for column in (1, 2)]
    assert 0.5 * sum(heads.horizontalAdvance(name) for name in COLUMNS[1:3]) < centres[1] - centres[0]
    assert 2 * metrics.horizontalAdvance("w −0.00") < diagram._box(1, 0).left() - diagram._box(0, 0).right()
