"""What every lab is: a canvas with parameters that shows what was computed from a view of the source."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from motionapp.labs.preparation import Progress, prepare
from motionapp.labs.view import LONGEST_PX, LabView

__all__ = ["PAIR", "Lab", "LabView", "pair_of", "refusal"]

#: What :func:`pair_of` takes, in words.
PAIR = "two numbers from 0 to 1"


class Lab(QWidget):
    """One idea on the picture that is playing; a subclass for each, one file each, entered in ``catalogue``.

    The window asks for :meth:`compute` whenever there is a new picture or ``changed`` was emitted, on a thread of its
    own, and hands what came back to :meth:`show_result`. What a lab holds beyond its parameters (what was clicked,
    painted, typed; how many steps were taken) it keeps in attributes that are replaced as a whole, never changed in
    place, since ``compute`` reads them from the other thread.

    Attributes
    ----------
    id, title, formula
        Name in commands and lecture scripts, name for people, and what is computed as HTML; a lab with pages changes
        its formula in :meth:`render`.
    Parameters
        A frozen dataclass of :mod:`motionapp.labs`; its fields make controls and check scripts.
    longest_px
        Pictures are reduced to this before they are computed with; what is shown says so.
    history
        How many frames before the newest the lab needs.
    pictures, pairs
        Whether the lab shows anything of the picture; whether it shows nothing without the frame right before.
    parameters
        What is in force.
    type_scale
        1, or more for people in the back row. The font of the widget follows by itself; pens and gaps do with it.

    Signals
    -------
    changed(parameters)
        The lab's own controls changed the parameters or what it holds: compute again.
    frame_wanted()
        The next frame of the source, please.
    freeze_wanted(bool)
        Stand, or go on, please.
    scaled(float)
        ``type_scale`` changed.
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    formula: str = ""
    Parameters: ClassVar[type[Any]]
    longest_px: ClassVar[int] = LONGEST_PX
    history: ClassVar[int] = 1
    pictures: ClassVar[bool] = True
    pairs: ClassVar[bool] = False

    changed = Signal(object)
    frame_wanted = Signal()
    freeze_wanted = Signal(bool)
    scaled = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.parameters = self.Parameters()
        self.type_scale = 1.0

    @property
    def side(self) -> QWidget | None:
        """What stands below the parameters, if anything."""
        return None

    def own_controls(self) -> Collection[str]:
        """Return the parameters that the lab has controls of its own for: the form leaves them out."""
        return ()

    def hidden(self, parameters: Any) -> Collection[str]:
        """Return the parameters that mean nothing at present: their rows are hidden."""
        return ()

    def render(self, parameters: Any) -> None:  # type: ignore[override]
        """Show ``parameters`` on the lab's own controls; emits nothing."""
        self.parameters = parameters

    def set_frozen(self, on: bool) -> None:
        """The picture stands, or goes on; so does a lab that has a time of its own."""

    def prepare(self, progress: Progress) -> None:
        """Compile what :meth:`compute` needs, on its thread; all that is in ``kernels.warmup.lab_tasks`` is, once."""
        prepare(progress)

    def compute(self, view: LabView, parameters: Any) -> Any:
        """Return what is to be shown. Runs on the lab thread, touches no widget; all arithmetic on pixels is here."""
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show what :meth:`compute` returned."""
        raise NotImplementedError

    def step(self) -> None:
        """Do the lab's next step; one without steps asks for the next frame."""
        self.frame_wanted.emit()

    def reset(self) -> None:
        """Forget what was clicked, painted, typed and stepped; then :meth:`parameters_after_reset` are in force."""

    def parameters_after_reset(self) -> Any:
        """Return the default parameters; what learns or descends begins anew with those in force."""
        return self.Parameters()

    def state(self) -> Mapping[str, Any]:
        """Return what is not in the parameters, as values that JSON has, for scripts."""
        return {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take what :meth:`state` returned once, under the ``parameters`` in force.

        Raises
        ------
        ValueError
            If it is no such thing; the message begins with the key.
        """
        for key, value in state.items():
            raise refusal(key, value, {})

    def recompute(self) -> None:
        """Ask for another result with the same parameters: what the lab holds has changed."""
        self.changed.emit(self.parameters)

    def set_type_scale(self, scale: float) -> None:
        """Write and draw so much larger than usual."""
        if scale != self.type_scale:
            self.type_scale = scale
            self.scaled.emit(scale)
            self.update()


def refusal(key: str, value: Any, kept: Mapping[str, str]) -> ValueError:
    """Return the error of an entry of a script's state; ``kept`` says of each key what it can be."""
    if key not in kept:
        known = f"there are {', '.join(kept)}" if kept else "this lab keeps nothing"
        return ValueError(f"{key} is not known; {known}")
    return ValueError(f"{key} cannot be {str(value)[:40]}; it is {kept[key]}")


def pair_of(key: str, value: Any, low: float = 0.0, high: float = 1.0) -> tuple[float, float]:
    """Return two numbers from ``low`` to ``high`` out of a script; ValueError for anything else."""
    try:
        one, other = (float(part) for part in value)
    except (TypeError, ValueError):
        one = other = math.nan
    if not (low <= one <= high and low <= other <= high):
        raise refusal(key, value, {key: f"two numbers from {low:g} to {high:g}".replace("-", "−")})
    return one, other
