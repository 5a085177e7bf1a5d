"""What the View menu does to the settings: what is drawn, mirrored, turned, and which preset estimates it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import get_args

from motionapp.settings import PRESETS, Settings, ViewMode

MODES: tuple[ViewMode, ...] = get_args(ViewMode)


class ViewCommands:
    """Reads the settings in force and hands over changed ones."""

    def __init__(self, current: Callable[[], Settings], change: Callable[[Settings], None]) -> None:
        self._current, self._change = current, change

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        modes = {str(mode): partial(self._view, mode=mode) for mode in MODES}
        presets = {name: partial(self.set_preset, name) for name in PRESETS}
        return {
            **modes,
            **presets,
            "next_view": self.next_view,
            "mirror": lambda: self._view(mirror=not self._current().view.mirror),
            "rotate": lambda: self._view(quarter_turns=(self._current().view.quarter_turns + 1) % 4),
        }

    def next_view(self) -> None:
        """Arrows, colour, heat, off, and from the start."""
        mode = self._current().view.mode
        self._view(mode=MODES[(MODES.index(mode) + 1) % len(MODES)])

    def set_preset(self, name: str) -> None:
        """Estimate with the constants of a preset."""
        self._change(replace(self._current(), flow=PRESETS[name]))

    def _view(self, **changes: object) -> None:
        settings = self._current()
        self._change(replace(settings, view=replace(settings.view, **changes)))  # type: ignore[arg-type]
