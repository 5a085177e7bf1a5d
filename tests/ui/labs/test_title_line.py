"""The lines over pictures, and the one that says where they come from, are never cut while there is room."""

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from ui.labs.title_line import SMALLEST, title_fonts

from .conftest import settle


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


def test_a_source_that_does_not_fit_beside_the_buttons_has_a_line_of_its_own(qtbot, lab_window, show):
    show("filters")
    lab_window.set_projector(True)
    settle(qtbot, lab_window)
    head = lab_window.head
    qtbot.waitUntil(lambda: head._below.isVisible() or head._source.width() > 600)
    shown = head._below if head._below.isVisible() else head._source
    assert "moving-arm" in shown.text()
    assert QFontMetricsF(shown.font()).horizontalAdvance(shown.text()) <= shown.width() + 1
