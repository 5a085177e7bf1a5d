"""The start page: every way to begin is a signal, and the page is up before its scenes are drawn."""

import threading

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication

from motionapp.scenes import SCENES
from ui import theme
from ui.scene_card import THUMB, SceneCard, render_scene
from ui.start_page import MOST_RECENT, StartPage


@pytest.fixture
def page(qtbot):
    widget = StartPage()
    qtbot.addWidget(widget)
    widget.resize(960, 600)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    assert widget.shut(10.0)


@pytest.fixture
def drawn(page, qtbot):
    """The page with all its scenes drawn."""
    qtbot.waitUntil(lambda: bool(page.cards) and not page.background.busy, timeout=20_000)
    return page


def test_the_two_big_buttons_ask(page, qtbot):
    with qtbot.waitSignal(page.camera_requested):
        page.camera.click()
    with qtbot.waitSignal(page.open_requested):
        page.open.click()


def test_the_page_is_up_before_the_scenes_are_drawn(qtbot):
    widget = StartPage()
    qtbot.addWidget(widget)
    assert widget.background.busy == 0
    widget.show()
    assert widget.cards == []
    assert widget.camera.isVisible()
    assert widget.shut(10.0)


def test_every_scene_has_a_card_that_asks_for_it(drawn):
    heard = []
    drawn.source_requested.connect(heard.append)
    for card in drawn.cards:
        card.click()
    assert heard == [f"scene:{name}" for name in SCENES]
    assert [card.text() for card in drawn.cards] == [scene.title for scene in SCENES.values()]


def test_cards_show_their_scene_with_arrows_where_it_moves(drawn):
    def blue(card):
        image = card.grab().toImage()
        points = ((x, y) for x in range(0, THUMB.width(), 2) for y in range(0, THUMB.height(), 2))
        colours = (image.pixelColor(x, y) for x, y in points)
        return sum(colour.blue() > 200 and colour.red() < 100 for colour in colours)

    by_name = {card.name: blue(card) for card in drawn.cards}
    assert by_name["still"] == 0
    assert all(count > 5 for name, count in by_name.items() if name != "still")


def test_a_card_moves_only_under_the_mouse(drawn):
    card = drawn.cards[0]
    assert not card.moving
    QApplication.sendEvent(card, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert card.moving
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert not card.moving


def test_a_card_without_pictures_works_the_same(qtbot):
    card = SceneCard("zoom", "Zoom", "text")
    qtbot.addWidget(card)
    card.show_pictures([])
    assert not card.grab().isNull()
    with qtbot.waitSignal(card.clicked):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)


def test_cards_are_rendered_at_the_size_they_are_shown():
    pictures = render_scene("rotation", threading.Event())
    assert all(picture.background.shape == (THUMB.height(), THUMB.width(), 3) for picture in pictures)
    assert all(len(picture.arrows.corners) for picture in pictures)


@pytest.mark.parametrize(("width", "columns"), [(1280, 6), (960, 6), (700, 3), (420, 2)])
def test_cards_fit_the_width(drawn, width, columns):
    drawn.resize(width, 600)
    rows = {}
    for card in drawn.cards:
        row, column, *_ = drawn._grid.getItemPosition(drawn._grid.indexOf(card))
        rows.setdefault(row, []).append(column)
    assert {len(row) for row in rows.values()} == {columns}


def test_recent_files_are_listed_with_their_folder_and_open(page, qtbot):
    page.set_recent(["/videos/a & b.mp4", "scene:zoom", "camera:1"])
    first = page.recent[0]
    assert first.isVisible()
    assert "a && b.mp4" in first.text()
    assert "/videos" in first.text()
    with qtbot.waitSignal(page.source_requested) as heard:
        first.click()
    assert heard.args == ["/videos/a & b.mp4"]


def test_at_most_ten_recent_files_are_listed_and_none_hides_the_heading(page):
    page.set_recent([f"/v/{number}.mp4" for number in range(30)])
    assert len(page.recent) == MOST_RECENT
    assert page._recent_caption.isVisible()
    page.set_recent([])
    assert page.recent == []
    assert not page._recent_caption.isVisible()


def test_a_password_in_an_address_is_not_shown(page):
    page.set_recent(["network:rtsp://user:secret@host/stream"])
    entry = page.recent[0]
    assert "secret" not in entry.text() + entry.toolTip() + entry.accessibleName()


def test_leaving_stops_the_drawing_at_once(page, qtbot):
    qtbot.waitUntil(lambda: bool(page.cards), timeout=20_000)
    assert page.shut(10.0)
    assert page.background.busy == 0
    stopped = threading.Event()
    stopped.set()
    assert render_scene("rotation", stopped) == []


def test_scenes_are_not_drawn_while_the_page_is_not_seen(page, qtbot):
    qtbot.waitUntil(lambda: bool(page.cards), timeout=20_000)
    page.hide()
    qtbot.waitUntil(lambda: not page.background.busy, timeout=20_000)
    assert not all(card.drawn for card in page.cards)
    page.show()
    qtbot.waitUntil(lambda: all(card.drawn for card in page.cards), timeout=20_000)


def test_everything_can_be_reached_by_keyboard(drawn):
    drawn.set_recent(["/videos/a.mp4"])
    for control in (drawn.camera, drawn.open, *drawn.cards, *drawn.recent):
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert control.accessibleName()


@pytest.mark.parametrize("dark", [True, False])
def test_the_page_follows_the_scheme(drawn, dark):
    drawn.setPalette(theme.palette(dark=dark))
    image = drawn.camera.grab().toImage()
    wanted = (theme.DARK if dark else theme.LIGHT).background
    assert image.pixelColor(20, image.height() // 2).name() == wanted
