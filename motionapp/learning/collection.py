"""The samples there are, in what order they came, so that the last can be taken back, and what they lack."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from motionapp.learning.samples import MOST_CLASSES, Recording, Samples, advice

#: Names that the program gives to new classes.
GIVEN_NAME = re.compile(r"Class \d+")


@dataclass(frozen=True, slots=True)
class _Added:
    """What came at once: the ids of its recordings, the classes it made, and those that gave way to it."""

    ids: frozenset[str]
    made: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


class Collection:
    """Samples that grow. Used by one thread at a time.

    Attributes
    ----------
    samples : Samples
        What there is now.
    """

    def __init__(self, samples: Samples | None = None) -> None:
        self.samples = Samples() if samples is None else samples
        self._added: list[_Added] = []
        self._judged: tuple[Samples, dict[str, int], tuple[str, ...]] | None = None

    def change(self, samples: Samples) -> None:
        """Put other samples in place of those there are; ValueError if a recording does not fit the map settings."""
        checked = replace(samples, recordings=())
        for one in samples.recordings:
            checked.with_recording(one)
        self.samples = samples

    def add(self, recordings: Iterable[Recording]) -> list[str]:
        """Add recordings, and their classes; return a sentence for each that there is no room for."""
        ids, problems, before = [], [], self.samples.classes
        for one in recordings:
            try:
                self.samples = self.samples.with_labelled(one)
            except ValueError as error:
                problems.append(f"{one.source or one.label} is left out: {error}")
            else:
                ids.append(one.id)
        made = tuple(name for name in self.samples.classes if name not in before)
        self._added.append(_Added(frozenset(ids), made))
        return problems

    def bring(self, recordings: Iterable[Recording], busy: str | None = None) -> list[str]:
        """Add recordings as :meth:`add` does, in place of classes that are empty and have names given by the program.

        ``busy`` is a class that stays nevertheless.
        """
        brought = list(recordings)
        wanted = {one.label.casefold() for one in brought} | {one.label for one in self.samples.recordings} | {busy}
        idle = [name for name in self.samples.classes if name not in wanted and name.casefold() not in wanted]
        dropped = tuple(name for name in idle if GIVEN_NAME.fullmatch(name)) if brought else ()
        for name in dropped:
            self.samples = self.samples.without_class(name)
        problems = self.add(brought)
        self._added[-1] = replace(self._added[-1], dropped=dropped)
        return problems

    def undo(self) -> bool:
        """Take back what was added last and is still there, and what became of the classes by it.

        Return whether there was something.
        """
        while self._added:
            last = self._added.pop()
            kept = tuple(one for one in self.samples.recordings if one.id not in last.ids)
            if len(kept) == len(self.samples.recordings):
                continue
            needed = {one.label for one in kept}
            classes = [name for name in self.samples.classes if name in needed or name not in last.made]
            taken = {name.casefold() for name in classes}
            back = [name for name in last.dropped if name.casefold() not in taken]
            self.samples = replace(self.samples, recordings=kept, classes=(*back, *classes)[:MOST_CLASSES])
            return True
        return False

    def judged(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the counts and what the samples lack, worked out once for the same samples."""
        if self._judged is None or self._judged[0] is not self.samples:
            self._judged = self.samples, self.samples.counts(), advice(self.samples)
        return self._judged[1:]
