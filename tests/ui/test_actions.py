"""The table is complete: every command in a menu, every key once, every key of the user's table there."""

import re

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QToolButton

from ui.actions import BY_ID, COMMANDS, menu_titles
from ui.key_page import KeyPage

#: The key table of the user's documentation, without the classifier's keys.
PROMISED = "Space Left Right , . Shift+Left Shift+Right J K L [ ] Backspace I O Ctrl+L Home End V S R M F F11 Esc"
PROMISED += " Ctrl+R Ctrl+O Ctrl+E Ctrl+, Ctrl+V F1 ?"


def test_ids_and_keys_are_unique():
    keys = [QKeySequence(key).toString() for command in COMMANDS for key in command.keys]
    assert "" not in keys
    assert len(set(keys)) == len(keys)
    assert len(BY_ID) == len(COMMANDS)


def test_every_promised_key_belongs_to_a_command():
    assert set(PROMISED.split()) <= {key for command in COMMANDS for key in command.keys}


def in_menus(menu):
    for action in menu.actions():
        if action.menu():
            yield from in_menus(action.menu())
        elif not action.isSeparator():
            yield action


def test_every_command_stands_in_a_menu_once_and_nothing_in_a_menu_is_dead(window):
    found = list(in_menus(window.menuBar()))
    assert sorted(action.objectName() for action in found) == sorted(window.commands)
    submenus = {menu.title() for menu in window.menuBar().findChildren(QMenu)}
    assert {command.text for command in COMMANDS if command.submenu} <= submenus
    assert [action.text().replace("&", "") for action in window.menuBar().actions()] == list(menu_titles())


def test_menus_have_a_mnemonic_and_no_two_the_same(window):
    for menu in (action.menu() for action in window.menuBar().actions()):
        letters = [match[1].lower() for action in menu.actions() if (match := re.search("&(.)", action.text()))]
        assert len(set(letters)) == len(letters), menu.title()


def test_every_button_of_the_toolbar_has_a_tooltip_and_leaves_the_focus_alone(window):
    buttons = [button for button in window.toolbar.findChildren(QToolButton) if button.text()]
    assert [button.text() for button in buttons][:2] == ["Camera ▾", "Open"]
    assert all(button.toolTip() for button in buttons)


def test_the_key_page_shows_every_key(window, qtbot):
    page = KeyPage(window)
    text = " ".join(label.text() for label in page.findChildren(QLabel))
    for command in COMMANDS:
        for key in command.keys:
            assert f"<b>&nbsp;{QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}&nbsp;</b>" in text
    for command in COMMANDS:
        if command.keys:
            assert command.label in text
    page.deleteLater()


def test_every_action_says_what_it_does(window):
    for name, action in window.commands.items():
        assert isinstance(action, QAction)
        assert BY_ID[name].tip or BY_ID[name].keys, name
