"""Keys and buttons that are held: a sample is recorded exactly as long, whatever was clicked last."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QSpinBox, QStyle, QStyleOptionSpinBox


@pytest.fixture
def classifier(qtbot, playing):
    """The fake classifier of a window that plays, with its keys ready."""
    qtbot.waitUntil(lambda: playing.commands["sample_1"].isEnabled())
    return playing.classroom.bridge.classifier


@pytest.fixture
def ended(qtbot, playing):
    """Wait until it is clear that a key was let go."""
    return lambda: qtbot.waitUntil(lambda: playing.classroom.commands.holding.number is None)


def repeat(widget, key, kind, told):
    """Send what a held key sends again and again; ``told``: and that it repeats."""
    QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, chr(key), told))


def test_a_key_records_from_its_press_to_its_release(playing, classifier, ended):
    QTest.keyPress(playing, Qt.Key.Key_1)
    assert classifier.calls == [("begin", "Class 1")]
    QTest.keyRelease(playing, Qt.Key.Key_1)
    ended()
    assert classifier.calls == [("begin", "Class 1"), ("end",)]
    assert classifier.state.samples.counts()["Class 1"] > 0


@pytest.mark.parametrize("told", [True, False])
def test_what_the_keyboard_repeats_is_neither_press_nor_release(playing, classifier, ended, told):
    QTest.keyPress(playing, Qt.Key.Key_2)
    for _ in range(5):
        repeat(playing, Qt.Key.Key_2, QEvent.Type.KeyRelease, told)
        repeat(playing, Qt.Key.Key_2, QEvent.Type.ShortcutOverride, told)
    assert classifier.calls == [("begin", "Class 2")]
    assert not playing.classroom.commands.holding._let_go.isActive()
    QTest.keyRelease(playing, Qt.Key.Key_2)
    QTest.keyPress(playing, Qt.Key.Key_2)  # at once: the keyboard repeats
    assert classifier.calls == [("begin", "Class 2")]
    QTest.keyRelease(playing, Qt.Key.Key_2)
    ended()
    assert classifier.calls[1:] == [("end",)]


@pytest.mark.parametrize("kind", [QEvent.Type.WindowDeactivate, QEvent.Type.ApplicationDeactivate])
def test_losing_the_focus_ends_a_recording(playing, classifier, kind):
    QTest.keyPress(playing, Qt.Key.Key_1)
    QApplication.sendEvent(playing, QEvent(kind))
    assert classifier.calls == [("begin", "Class 1"), ("end",)]
    QTest.keyRelease(playing, Qt.Key.Key_1)
    assert len(classifier.calls) == 2


def test_other_keys_work_while_one_is_held_and_do_not_end_it(playing, classifier, ended, sessions):
    QTest.keyPress(playing, Qt.Key.Key_1)
    QTest.keyClick(playing, Qt.Key.Key_V)
    assert sessions.last.settings.view.mode == "colour"
    assert classifier.calls == [("begin", "Class 1")]
    QTest.keyRelease(playing, Qt.Key.Key_1)
    ended()
    assert classifier.calls[1:] == [("end",)]


def test_another_class_takes_over_from_the_first(playing, classifier, ended):
    QTest.keyPress(playing, Qt.Key.Key_1)
    QTest.keyPress(playing, Qt.Key.Key_2)
    QTest.keyRelease(playing, Qt.Key.Key_1)
    assert classifier.calls == [("begin", "Class 1"), ("begin", "Class 2")]
    QTest.keyRelease(playing, Qt.Key.Key_2)
    ended()
    assert classifier.calls[2:] == [("end",)]


def test_the_button_of_a_card_records_as_long_as_it_is_held(qtbot, playing, classifier):
    playing.commands["show_classify"].trigger()
    qtbot.waitUntil(lambda: len(playing.classroom.panel.cards.cards) == 2)
    button = playing.classroom.panel.cards.cards[1].hold
    qtbot.waitUntil(button.isVisible)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert classifier.calls == [("begin", "Class 2")]
    qtbot.waitUntil(lambda: button.text().endswith(" s"))
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert classifier.calls[1:] == [("end",)]
    qtbot.waitUntil(lambda: button.text() == "Hold")


def test_without_a_source_or_a_class_its_key_does_nothing(qtbot, window, playing, classifier):
    QTest.keyClick(playing, Qt.Key.Key_3)
    playing.commands["close_source"].trigger()
    QTest.keyClick(playing, Qt.Key.Key_1)
    assert classifier.calls == []


def test_digits_record_after_a_click_on_the_arrows_of_a_number_and_edit_it_otherwise(playing, classifier, ended):
    box = playing.flow_panel.findChild(QSpinBox)
    option = QStyleOptionSpinBox()
    option.initFrom(box)
    up = box.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxUp, box)
    box.setFocus()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=up.center())
    QTest.keyClick(box, Qt.Key.Key_1)
    ended()
    assert classifier.calls == [("begin", "Class 1"), ("end",)]
    QTest.mouseClick(box.findChild(QLineEdit), Qt.MouseButton.LeftButton)
    QTest.keyClick(box, Qt.Key.Key_1)
    assert len(classifier.calls) == 2
    assert isinstance(box, QAbstractSpinBox)


def test_chosen_in_the_menu_a_class_is_counted_down_for(qtbot, playing, classifier):
    countdown = playing.classroom.commands.countdown
    said = []
    playing.classroom.captioned.connect(said.append)
    playing.commands["sample_2"].trigger()
    assert said[-1] == "3"
    assert classifier.calls == []
    for _ in range(3):
        countdown._tick()
    assert classifier.calls == [("begin", "Class 2")]
    countdown._tick()
    assert classifier.calls[1:] == [("end",)]
    assert countdown.number is None


def test_esc_and_a_second_choice_end_a_countdown(playing, classifier):
    countdown = playing.classroom.commands.countdown
    playing.commands["sample_1"].trigger()
    QTest.keyClick(playing, Qt.Key.Key_Escape)
    assert countdown.number is None
    playing.commands["sample_1"].trigger()
    playing.commands["sample_1"].trigger()
    assert countdown.number is None
    assert classifier.calls == []


def test_a_held_key_takes_over_from_a_countdown_that_records(playing, classifier, ended):
    countdown = playing.classroom.commands.countdown
    playing.commands["sample_2"].trigger()
    for _ in range(3):
        countdown._tick()
    QTest.keyPress(playing, Qt.Key.Key_1)
    assert classifier.calls == [("begin", "Class 2"), ("end",), ("begin", "Class 1")]
    QTest.keyRelease(playing, Qt.Key.Key_1)
    ended()
    assert classifier.calls[3:] == [("end",)]
