"""Colours of the window, light and dark, derived from one place: the palette Qt gives us."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QWidget

from motionapp import palette as drawn


def _name(rgb: tuple[int, int, int]) -> str:
    return QColor(*rgb).name()


ARROW, OUTLINE = _name(drawn.ARROW), _name(drawn.OUTLINE)
SPEEDS, SPEED_STEPS = tuple(map(_name, drawn.SPEEDS)), drawn.SPEED_STEPS

#: Text and plates of everything that lies on the picture; the same in both schemes, since pictures have none.
PLATE = QColor(13, 17, 26, 190)
PLATE_TEXT = QColor("#f4f6fb")
PLATE_FAINT = QColor("#aeb8cc")
#: The frame of what was typed and cannot be taken, in both schemes.
WRONG = "#e5383b"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one scheme as ``#rrggbb``: plots, banners, the backdrop of the picture."""

    dark: bool
    background: str
    foreground: str
    faint: str
    grid: str
    band: str
    accent: str
    backdrop: str
    banner: str
    banner_edge: str
    banner_text: str
    series: tuple[str, ...]


LIGHT = Theme(
    dark=False,
    background="#ffffff",
    foreground="#1d232e",
    faint="#5c6675",
    grid="#d5dae3",
    band="#eef2f9",
    accent="#2a6df4",
    backdrop="#e3e6ec",
    banner="#fdf0d9",
    banner_edge="#c77700",
    banner_text="#3b2600",
    series=("#2a6df4", "#d2601a", "#0f8a6a", "#8a4fd0", "#b8336a", "#6b7280"),
)
DARK = Theme(
    dark=True,
    background="#14171d",
    foreground="#e6eaf2",
    faint="#98a3b5",
    grid="#323946",
    band="#1d222b",
    accent="#6a9bff",
    backdrop="#0e1014",
    banner="#3a2c14",
    banner_edge="#f0a63a",
    banner_text="#ffe9c4",
    series=("#6a9bff", "#ff9a57", "#3fcfa4", "#c39bff", "#ff7fa8", "#a3adbd"),
)


def theme(palette: QPalette) -> Theme:
    """Return the colours that go with ``palette``: dark where its windows are darker than their text."""
    window = palette.color(QPalette.ColorRole.Window).lightness()
    text = palette.color(QPalette.ColorRole.WindowText).lightness()
    return DARK if window < text else LIGHT


#: Style sheet of tool buttons whose text says that there is a menu.
NO_INDICATOR = "QToolButton::menu-indicator { image: none; }"


def sized(font: QFont, scale: float) -> QFont:
    """Return ``font``, ``scale`` times as large."""
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * scale)
    return larger


def restyle(widget: QWidget, sheet: str) -> None:
    """Give ``widget`` a style sheet, and the colours that it does not name from the palette now in force.

    Qt fixes the palette of a widget, and of all in it, when it gets a style sheet: of a change of the scheme such
    widgets are not told. Whatever contains one calls this when it hears of the change itself.
    """
    widget.setStyleSheet("")
    widget.setPalette(QPalette())
    widget.setStyleSheet(sheet)


def toggle_style(colours: Theme) -> str:
    """Return the style sheet of tool buttons with text that are on or off: plain, and blue when on."""
    return (
        f"QToolButton {{ background: {colours.background}; color: {colours.foreground}; padding: 3px 7px;"
        f" border: 1px solid {colours.grid}; border-radius: 4px; }}"
        f"QToolButton:hover {{ border-color: {colours.accent}; }}"
        f"QToolButton:disabled {{ color: {colours.faint}; background: transparent; }}"
        f"QToolButton:checked {{ background: {ARROW}; border-color: {ARROW}; color: #ffffff; }}"
    )


def primary_style(colours: Theme) -> str:
    """Return the style sheet of the one button that leads on: blue while it can be pressed."""
    return (
        f"QPushButton {{ background: {ARROW}; color: #ffffff; border: 1px solid {ARROW}; border-radius: 3px;"
        f" padding: 3px 16px; }} QPushButton:hover {{ border-color: {colours.foreground}; }}"
        f"QPushButton:focus {{ border-color: {colours.foreground}; }}"
        f"QPushButton:disabled {{ background: transparent; color: {colours.faint}; border-color: {colours.grid}; }}"
    )


def palette(*, dark: bool) -> QPalette:
    """Return a full palette of one scheme, for platforms that offer none (offscreen, Xvfb) and for tests."""
    colours = DARK if dark else LIGHT
    window = QColor("#1c2027" if dark else "#f3f4f7")
    button = QColor("#2a303a" if dark else "#fbfbfd")
    result = QPalette(button, window)
    role = QPalette.ColorRole
    for name, value in (
        (role.Base, "#2d3440" if dark else colours.background),  # empty check boxes must show on dark windows
        (role.AlternateBase, "#343c49" if dark else colours.band),
        (role.WindowText, colours.foreground),
        (role.Text, colours.foreground),
        (role.ButtonText, colours.foreground),
        (role.ToolTipBase, "#2a303a" if dark else "#ffffff"),
        (role.ToolTipText, colours.foreground),
        (role.PlaceholderText, colours.faint),
        (role.Highlight, ARROW),
        (role.HighlightedText, "#ffffff"),
        (role.Link, colours.accent),
        (role.Accent, ARROW),
    ):
        result.setColor(role(name), QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor("#646d7b" if dark else "#9aa2af"))
    return result
