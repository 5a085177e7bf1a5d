"""Messages: they stay, they count, they can be copied and dismissed, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from motionapp.types import Failure
from ui import theme
from ui.banner import MOST_KEPT, MOST_SHOWN, BannerStack


@pytest.fixture
def stack(qtbot):
    widget = BannerStack()
    qtbot.addWidget(widget)
    widget.resize(600, 200)
    return widget


def visible(stack):
    return [banner.failure.message for banner in stack.banners if banner.isVisible()]


def words(stack):
    return " ".join(label.text() for label in stack.findChildren(QLabel) if label.isVisible())


def test_a_stack_without_messages_takes_no_room(stack):
    assert not stack.isVisible()
    stack.add(Failure("No camera"))
    assert stack.isVisible()
    stack.banners[0].dismiss.click()
    assert not stack.isVisible()


def test_the_newest_message_is_on_top_and_three_are_shown(stack):
    for number in range(5):
        stack.add(Failure(f"message {number}"))
    assert visible(stack) == ["message 4", "message 3", "message 2"]
    assert len(visible(stack)) == MOST_SHOWN
    assert "and 2 more" in words(stack)


def test_a_dismissed_message_makes_room_for_one_that_waits(stack):
    for number in range(4):
        stack.add(Failure(f"message {number}"))
    stack.banners[1].dismiss.click()
    assert visible(stack) == ["message 3", "message 1", "message 0"]
    assert "more" not in words(stack)


def test_the_same_message_again_counts_up(stack):
    for _ in range(200):
        stack.add(Failure("Frame lost", "first"))
    stack.add(Failure("Frame lost", "latest"))
    assert len(stack.banners) == 1
    assert "×201" in words(stack)
    stack.banners[0].copy.click()
    assert QGuiApplication.clipboard().text() == "Frame lost\n\nlatest"


def test_a_flood_of_different_messages_is_bounded(stack):
    for number in range(3 * MOST_KEPT):
        stack.add(Failure(f"message {number}"))
    assert len(stack.banners) == MOST_KEPT
    assert visible(stack)[0] == f"message {3 * MOST_KEPT - 1}"


def test_details_are_copied_with_their_message(stack):
    stack.add(Failure("Disk full", "Traceback …"))
    stack.banners[0].copy.click()
    assert QGuiApplication.clipboard().text() == "Disk full\n\nTraceback …"
    stack.add(Failure("No camera"))
    stack.banners[0].copy.click()
    assert QGuiApplication.clipboard().text() == "No camera"


def test_text_is_shown_as_it_is(stack):
    stack.add(Failure("<b>a.mp4</b> & b"))
    label = next(label for label in stack.banners[0].findChildren(QLabel) if label.text())
    assert label.text() == "<b>a.mp4</b> & b"
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_banners_are_reached_by_tab_and_left_alone_by_clicks(stack, qtbot):
    stack.add(Failure("No camera", "detail"))
    banner = stack.banners[0]
    for button in (banner.copy, banner.dismiss):
        assert button.focusPolicy() is Qt.FocusPolicy.TabFocus
        assert button.accessibleName() or button.text()
    qtbot.mouseClick(banner.copy, Qt.MouseButton.LeftButton)
    assert not banner.copy.hasFocus()


def test_enter_presses_the_focused_button(stack, qtbot):
    stack.add(Failure("No camera", "detail"))
    banner = stack.banners[0]
    stack.activateWindow()
    qtbot.waitUntil(stack.isActiveWindow)
    banner.dismiss.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is banner.dismiss
    qtbot.keyClick(banner.dismiss, Qt.Key.Key_Return)
    assert stack.banners == ()


def test_long_messages_wrap(stack):
    stack.add(Failure("word " * 100))
    stack.resize(400, 400)
    assert stack.sizeHint().width() < 1000
    assert stack.heightForWidth(400) > 60


def test_clear_dismisses_all(stack):
    for number in range(5):
        stack.add(Failure(f"message {number}"))
    stack.clear()
    assert stack.banners == ()
    assert not stack.isVisible()


@pytest.mark.parametrize("dark", [True, False])
def test_banners_follow_the_scheme(stack, dark):
    stack.add(Failure("No camera"))
    stack.setPalette(theme.palette(dark=dark))
    image = stack.grab().toImage()
    wanted = (theme.DARK if dark else theme.LIGHT).banner
    assert image.pixelColor(image.width() // 2, 3).name() == wanted
