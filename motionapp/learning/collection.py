"""The samples there are, in what order they came, so that the last can be taken back, and what they lack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from motionapp.learning.samples import Recording, Samples, advice


class Collection:
    """Samples that grow. Used by one thread at a time.

    Attributes
    ----------
    samples : Samples
        What there is now.
    """

    def __init__(self, samples: Samples | None = None) -> None:
        self.samples = Samples() if samples is None else samples
        self._added: list[tuple[str, ...]] = []
        self._judged: tuple[Samples, dict[str, int], tuple[str, ...]] | None = None

    def change(self, samples: Samples) -> None:
        """Put other samples in place of those there are; ValueError if a recording does not fit the map settings."""
        checked = replace(samples, recordings=())
        for one in samples.recordings:
            checked.with_recording(one)
        self.samples = samples

    def add(self, recordings: Iterable[Recording]) -> list[str]:
        """Add recordings, and their classes; return a sentence for each that there is no room for."""
        ids, problems = [], []
        for one in recordings:
            try:
                self.samples = self.samples.with_labelled(one)
            except ValueError as error:
                problems.append(f"{one.source or one.label} is left out: {error}")
            else:
                ids.append(one.id)
        self._added.append(tuple(ids))
        return problems

    def undo(self) -> bool:
        """Remove what was added last and is still there; return whether there was something."""
        while self._added:
            ids = self._added.pop()
            present = [one.id for one in self.samples.recordings if one.id in ids]
            for id in present:
                self.samples = self.samples.without_recording(id)
            if present:
                return True
        return False

    def judged(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the counts and what the samples lack, worked out once for the same samples."""
        if self._judged is None or self._judged[0] is not self.samples:
            self._judged = self.samples, self.samples.counts(), advice(self.samples)
        return self._judged[1:]
