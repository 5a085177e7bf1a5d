"""Menu bar and toolbar, made from the table of commands."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from ui.actions import BY_ID, COMMANDS, menu_titles
from ui.icons import SMALL

#: The toolbar: ids of commands, "|" for a separator, a word with a colon for a caption.
TOOLBAR: tuple[str, ...] = (
    *("cameras", "open", "|"),
    *("View:", "arrows", "colour", "heat", "off", "|"),
    *("Preset:", "live", "balanced", "accurate", "|"),
    *("record", "snapshot"),
)


def fill_menu_bar(bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Put every command in its menu; return the submenus that are filled when they are opened, by command id."""
    menus = {title: bar.addMenu(f"&{title}") for title in menu_titles()}
    filled_later: dict[str, QMenu] = {}
    for command in COMMANDS:
        top, _, below = command.menu.partition("/")
        if command.menu not in menus:
            menus[top].addSeparator()
            menus[command.menu] = menus[top].addMenu(f"&{below}")
        menu = menus[command.menu]
        menu.setToolTipsVisible(True)
        if command.section and menu.actions():
            menu.addSeparator()
        if command.submenu:
            filled_later[command.id] = menu.addMenu(command.text)
        else:
            menu.addAction(actions[command.id])
    return filled_later


def make_toolbar(parent: QWidget, actions: Mapping[str, QAction], menus: Mapping[str, QMenu]) -> QToolBar:
    """Return a bar with the commands of :data:`TOOLBAR`; its buttons never take the focus from the picture."""
    bar = QToolBar("Tools", parent)
    bar.setObjectName("Tools")
    bar.setMovable(False)
    bar.setIconSize(SMALL)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bar.toggleViewAction().setVisible(False)
    for name in TOOLBAR:
        if name == "|":
            bar.addSeparator()
        elif name.endswith(":"):
            bar.addWidget(_caption(name[:-1]))
        elif name in menus:
            bar.addWidget(_menu_button(name, menus[name]))
        else:
            bar.addAction(actions[name])
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return bar


def _menu_button(name: str, menu: QMenu) -> QToolButton:
    button = QToolButton()
    button.setObjectName(f"{name}_button")
    button.setText(f"{BY_ID[name].label} ▾")
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    button.setToolTip(BY_ID[name].tip)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def _caption(text: str) -> QLabel:
    caption = QLabel(text)
    caption.setContentsMargins(6, 0, 4, 0)
    caption.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return caption
