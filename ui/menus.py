"""Menu bar and toolbar, made from the table of commands."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from ui.actions import BY_ID, COMMANDS, menu_titles
from ui.icons import ICONS, SMALL, icon
from ui.theme import NO_INDICATOR, restyle

#: The toolbar: ids of commands, "|" for a separator, a word with a colon for a caption.
TOOLBAR: tuple[str, ...] = (
    *("cameras", "open", "|"),
    *("View:", "arrows", "colour", "heat", "off", "|"),
    *("Preset:", "live", "balanced", "accurate", "|"),
    *("record", "snapshot", "|"),
    "analyse",
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


class ToolBar(QToolBar):
    """A bar whose icons have the colours of the scheme."""

    def draw_icons(self) -> None:
        """Draw the icons of the commands that have one."""
        for action in self.actions():
            if action.objectName() in ICONS:
                action.setIcon(icon(action.objectName(), self.palette()))
        for button in self.findChildren(QToolButton, "cameras_button"):
            button.setIcon(icon("camera", self.palette()))
            restyle(button, NO_INDICATOR)

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the icons in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.draw_icons()


def make_toolbar(parent: QWidget, actions: Mapping[str, QAction], menus: Mapping[str, QMenu]) -> ToolBar:
    """Return a bar with the commands of :data:`TOOLBAR`; its buttons never take the focus from the picture."""
    bar = ToolBar("Tools", parent)
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
    bar.draw_icons()
    return bar


def _menu_button(name: str, menu: QMenu) -> QToolButton:
    button = QToolButton()
    button.setObjectName(f"{name}_button")
    button.setText(f"{BY_ID[name].label} ▾")
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
