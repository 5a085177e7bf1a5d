"""The model in use: where it comes from, whether it fits the samples there are, and what a renamed class is to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from motionapp.learning.model import Model
from motionapp.learning.samples import Identity, Samples
from motionapp.types import Array


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model and its origin.

    ``learned`` is the identity of the samples it was trained on, None where these are known to have changed.
    ``opened`` is the name of the file it was opened from, empty for one trained here or kept in a project: what it was
    trained on is unknown then. ``finished`` is false for what single steps have brought so far. ``confusion`` is that
    of its weights, None if it was never tested.
    """

    model: Model
    learned: Identity | None = None
    opened: str = ""
    finished: bool = True
    confusion: Array | None = field(init=False)

    def __post_init__(self) -> None:
        table = self.model.figures.confusion
        object.__setattr__(self, "confusion", np.array(table, np.int64) if table else None)

    def stale(self, samples: Samples) -> bool:
        """Whether it was trained on other samples than these."""
        return not self.opened and self.learned != samples.identity

    def renamed(self, names: Mapping[str, str]) -> Trained:
        """Return the same with new names of classes; the very same if it has none of them or is from elsewhere."""
        classes = tuple(names.get(name, name) for name in self.model.classes)
        if self.opened or classes == self.model.classes or len({name.casefold() for name in classes}) < len(classes):
            return self
        learned = self.learned
        if learned is not None:
            maps, known, recordings = learned
            learned = (
                maps,
                tuple(names.get(name, name) for name in known),
                tuple((id, names.get(label, label)) for id, label in recordings),
            )
        return replace(self, model=replace(self.model, classes=classes), learned=learned)


def renames(before: Samples, after: Samples) -> dict[str, str]:
    """Return the new name of each class that was renamed; empty unless names are all that has changed."""
    if len(before.classes) != len(after.classes):
        return {}
    changed = {old: new for old, new in zip(before.classes, after.classes, strict=True) if old != new}
    if set(changed.values()) & set(before.classes):
        return {}
    kept = [(one.id, changed.get(one.label, one.label)) for one in before.recordings]
    same = before.map_settings == after.map_settings and kept == [(one.id, one.label) for one in after.recordings]
    return changed if same else {}
