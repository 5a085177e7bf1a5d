"""All keys on one page, made from the table of commands."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from motionapp import __version__
from ui.actions import BY_ID, COMMANDS, LAB_COMMANDS, Command, key_names
from ui.shortcuts import RULE

#: The menus of each column of the page.
COLUMNS = (("File", "Record", "Help"), ("View",), ("Playback",), ("Train", "Labs", "In a lab"))


class KeyPage(QDialog):
    """A window beside the picture, never in its way; Esc, F1 and ? close it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("All keys")
        columns = QHBoxLayout()
        for titles in COLUMNS:
            column = QVBoxLayout()
            for title in titles:
                column.addWidget(_section(title))
            column.addStretch()
            columns.addLayout(column)
        mouse = "Double click on the picture: full screen. Wheel: zoom. Drag: move the picture."
        note = QLabel(f"{RULE}\n{mouse}\n\nmotionapp {__version__}", wordWrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addLayout(columns)
        layout.addWidget(note)
        layout.addWidget(buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with the keys that opened the page, too."""
        if QKeySequence(event.key()).toString() in BY_ID["keys"].keys:
            self.close()
        else:
            super().keyPressEvent(event)


def _section(title: str) -> QGroupBox:
    box = QGroupBox(title)
    grid = QGridLayout(box)
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(3)
    for row, command in enumerate(keyed(title)):
        keys = QLabel(" ".join(f"<b>&nbsp;{escape(key)}&nbsp;</b>" for key in key_names(command)))
        grid.addWidget(QLabel(command.label), row, 0)
        grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
    return box


def keyed(title: str) -> list[Command]:
    """Return the commands of a menu, its submenus included, that have a key."""
    return [command for command in (*COMMANDS, *LAB_COMMANDS) if command.keys and command.menu.split("/")[0] == title]
