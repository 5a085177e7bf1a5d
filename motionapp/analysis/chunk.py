"""One chunk of a run, from decoding to files of its own: they depend on file, recipe and number, on nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from motionapp.analysis import partfolder
from motionapp.analysis.beside import Ahead, Behind, Clocks
from motionapp.analysis.join import join_into
from motionapp.analysis.journal import Solved, Trail
from motionapp.analysis.outputs import Outputs
from motionapp.analysis.partfolder import PartFolder, piece_of
from motionapp.analysis.plan import CHUNK, OVERLAP, Cancelled, Plan
from motionapp.analysis.recipe import Recipe
from motionapp.estimator import MotionEstimator
from motionapp.settings import Settings
from motionapp.types import Frame, Motion
from motionapp.video import VideoSource
from motionapp.wholefile import unwritable

Shown: TypeAlias = tuple[int, Frame]

#: Frames decoded ahead of the estimator, and motions that wait to be written behind it.
_AHEAD, _BEHIND = 4, 3
_DONE = "done.json"


@dataclass(frozen=True, slots=True)
class ChunkTask:
    """Chunk ``number`` of the file ``path``, to be analysed by ``recipe`` in the part folder ``folder``."""

    path: Path
    folder: Path
    recipe: Recipe
    number: int


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """What came of a chunk.

    ``decoded`` counts the frames that could be read of those it shows, ``estimated`` the motions estimated for its
    rows by this call (the others were recalled or there already). ``exact`` is whether frames told their numbers.
    ``seconds`` is the time each kind of work took, on threads side by side; "all" is how long it took altogether.
    """

    number: int
    rows: int
    decoded: int
    exact: bool
    estimated: int = 0
    seconds: dict[str, float] | None = None


def analyse_chunk(task: ChunkTask) -> ChunkDone:
    """Analyse a chunk as far as it is not done yet, and join its pieces.

    It may be called again at any time, also by several processes at once, and after one of them was killed.

    Raises
    ------
    Cancelled
        If work was to end; what was made is kept, and is whole.
    MotionError
        If the file cannot be read any more or a result cannot be written.
    """
    folder = PartFolder(task.folder)
    try:
        with folder.claimed(task.number) as tell:
            done = read_done(folder, task.number)
            if done is None:
                done = _Chunk(task, folder).analyse(tell)
            folder.clear(task.number, finished=True)
            return done
    except OSError as error:
        raise unwritable(task.folder, error) from None


def read_done(folder: PartFolder, number: int) -> ChunkDone | None:
    """Return what came of a chunk if it is finished."""
    try:
        return ChunkDone(**json.loads((folder.chunk(number) / _DONE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


class _Chunk:
    """A chunk while it is analysed: frames come from one thread, motions are estimated here and written by another."""

    def __init__(self, task: ChunkTask, folder: PartFolder) -> None:
        self._task, self._folder, self._plan = task, folder, Plan.load(folder.path)
        self._shown = self._plan.positions(task.number)
        self._estimator = MotionEstimator(Settings(flow=task.recipe.flow))
        self._estimated = 0
        self._clocks = Clocks()

    def analyse(self, tell: Callable[[int], None]) -> ChunkDone:
        """Make the pieces that are missing, and the chunk of them."""
        number, folder = self._task.number, self._folder
        folder.clear(number, finished=False)
        first, last = folder.pieces_done(number), piece_of(self._shown[-1])[1]
        with self._clocks.of("all"):
            exact = first > last or self._make(range(first, last + 1), tell)
            part = partfolder.begin(folder.chunk(number))
            counts = join_into(part, [folder.piece(number, piece) for piece in range(last + 1)], self._plan.tick_s)
        done = ChunkDone(number, counts.rows, counts.decoded, exact)
        (part / _DONE).write_text(json.dumps(asdict(done)), encoding="utf-8")
        partfolder.finish(part)
        return replace(done, estimated=self._estimated, seconds=self._clocks.seconds)

    def _make(self, pieces: range, tell: Callable[[int], None]) -> bool:
        """Make some pieces; return whether frames told their numbers."""
        outputs = Outputs(self._folder, self._task.number, self._task.recipe, self._plan, self._clocks)
        behind, piece = Behind(_BEHIND), pieces.start
        with (
            contextlib.closing(VideoSource(self._task.path, self._plan.index)) as source,
            contextlib.closing(Trail(self._folder, self._task.number, piece)) as trail,
            contextlib.closing(self._motions(source, trail)) as motions,
        ):
            try:
                for position, motion, is_row in motions:
                    while piece < piece_of(position)[1]:
                        behind.do(outputs.finish, piece)
                        piece += 1
                    behind.do(outputs.add, piece, position, motion, is_row)
                    tell(position - self._shown.start + 1)
                    if not self._folder.running():
                        raise Cancelled
                for rest in range(piece, pieces.stop):
                    behind.do(outputs.finish, rest)
                behind.finish()
            except BaseException:
                with contextlib.suppress(Exception):
                    behind.finish()
                outputs.cut()
                raise
            return source.index.exact

    def _motions(self, source: VideoSource, trail: Trail) -> Generator[tuple[int, Motion, bool], None, None]:
        """Yield position, motion, and whether it is a row, from the first piece that is not finished on.

        Decoding and, where nothing is carried over, estimating begin where they always begin for this chunk. What the
        trail holds is recalled.
        """
        carried, previous = trail.take(trail.carry), None
        with contextlib.closing(Ahead(self._frames(source, self._cold_start(source)), _AHEAD)) as shown:
            for position, frame in shown:
                if position > trail.carry:
                    yield position, self._motion(trail, position, frame, previous), previous is not None
                elif position < trail.carry:
                    if carried is None:
                        self._estimator.step(frame)
                elif carried is not None:
                    motion = self._again(frame, frame, carried[0])
                else:
                    motion = self._estimator.step(frame)
                    trail.append(position, self._estimator.solved)
                if position == trail.carry == 0:
                    yield position, motion, False
                previous = frame

    def _motion(self, trail: Trail, position: int, frame: Frame, previous: Frame | None) -> Motion:
        """Return the motion of a row, recalled if it has been estimated before."""
        with self._clocks.of("estimating"):
            found = trail.take(position)
            if found is not None:
                return self._again(frame, previous or frame, found[0])
            motion = self._estimator.step(frame)
        with self._clocks.of("journal"):
            trail.append(position, self._estimator.solved)
        self._estimated += 1
        return motion

    def _again(self, frame: Frame, previous: Frame, solved: Solved | None) -> Motion:
        """Return a motion again; a first one costs nothing anyway."""
        return self._estimator.step(frame) if solved is None else self._estimator.recall(frame, previous, *solved)

    def _cold_start(self, source: VideoSource) -> int:
        """Return the position at which this chunk's estimator begins: early enough that a frame decodes in time."""
        before = self._task.number * CHUNK
        back = OVERLAP
        while True:
            begin = max(0, before - back)
            first = next(self._frames(source, begin), None)
            if begin == 0 or (first is not None and first[0] <= before):
                return begin
            back *= 2

    def _frames(self, source: VideoSource, position: int) -> Iterator[Shown]:
        """Yield positions and frames to the end of the chunk; those that do not decode are passed over."""
        frames = self._plan.frames
        while position < self._shown.stop:
            with self._clocks.of("decoding"):
                source.seek(int(frames[position]))
                frame = source.read()
            if frame is None:
                return
            position = int(np.searchsorted(frames, frame.index))
            if position < self._shown.stop and frames[position] == frame.index:
                yield position, frame
                position += 1
