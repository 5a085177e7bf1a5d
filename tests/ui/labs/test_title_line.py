"""The lines over pictures, and the one that says where they come from, are never cut while there is room."""

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QLabel

from ui.labs.title_line import SMALLEST, title_fonts


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
