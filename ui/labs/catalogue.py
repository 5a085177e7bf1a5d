"""Which labs there are; the module of each is imported when it is first opened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from ui.labs.lab import Lab


@dataclass(frozen=True, slots=True)
class Entry:
    """A lab: its ``id`` in commands and scripts, its ``title``, and where its class is."""

    id: str
    title: str
    module: str
    name: str


ENTRIES: tuple[Entry, ...] = (
    Entry("filters", "Filters", "ui.labs.filters_lab", "FiltersLab"),
    Entry("pyramids", "Pyramids", "ui.labs.pyramids_lab", "PyramidsLab"),
    Entry("steerable", "Steerable", "ui.labs.steerable_lab", "SteerableLab"),
    Entry("magnify", "Magnify", "ui.labs.magnify_lab", "MagnifyLab"),
    Entry("descent", "Descent", "ui.labs.descent_lab", "DescentLab"),
    Entry("network", "Network", "ui.labs.network_lab", "NetworkLab"),
    Entry("descents", "Two descents", "ui.labs.descents_lab", "DescentsLab"),
)

BY_ID = {entry.id: entry for entry in ENTRIES}


def lab_class(name: str) -> type[Lab]:
    """Return the class of the lab ``name``.

    Raises
    ------
    KeyError
        If there is no such lab.
    """
    entry = BY_ID[name]
    found: type[Lab] = getattr(import_module(entry.module), entry.name)
    return found
