"""Recordings from clips: a folder for each class, the motion of every frame estimated as live view does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from motionapp.capture import failure
from motionapp.estimator import MotionEstimator
from motionapp.learning.samples import MOST_BYTES, Recording, class_name, motion_map, new_recording
from motionapp.settings import FlowSettings, MapSettings, Settings
from motionapp.sources import open_source
from motionapp.types import Array, MotionError

#: Told how many clips are done, of how many, and what is being read.
Progress = Callable[[int, int, str], None]

CLIP_SUFFIXES = (".avi", ".mp4", ".mkv", ".mov", ".m4v", ".webm")
#: Frames between two reports of progress within a clip.
_REPORT_EVERY = 25


class Cancelled(Exception):
    """Raised out of a clip that is not wanted any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """What was read of a folder: recordings, a sentence for each file that could not be used, and whether all was."""

    recordings: tuple[Recording, ...]
    problems: tuple[str, ...]
    cancelled: bool = False


def labelled_clips(folder: Path) -> list[tuple[str, Path]]:
    """Return the clips ``folder/<class>/*`` by class and name, with their classes.

    Raises
    ------
    MotionError
        If it is no folder, or holds no clip in a folder of its own.
    """
    try:
        folders = sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
        found = [
            (one.name, clip)
            for one in folders
            for clip in sorted(one.iterdir())
            if clip.suffix.lower() in CLIP_SUFFIXES and not clip.name.startswith(".")
        ]
    except OSError as error:
        raise MotionError(f"{folder} cannot be read: {error.strerror or error}. Choose a folder of classes.") from None
    if not found:
        raise MotionError(
            f"{folder} holds no clips of classes. Put them into a folder for each class: {folder.name}/CLASS/CLIP.mp4 "
            f"({', '.join(CLIP_SUFFIXES)})."
        )
    return found


def empty_classes(folder: Path) -> list[Path]:
    """Return the folders of ``folder`` that hold no clip: classes that somebody may miss."""
    used = {clip.parent for _label, clip in labelled_clips(folder)}
    there = (one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
    return sorted(one for one in there if one not in used)


def read_clip(
    path: Path,
    label: str,
    settings: MapSettings,
    flow: FlowSettings,
    seen: Callable[[int, int | None], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Recording, str | None]:
    """Estimate the motion in a clip; return its maps, one per frame but the first, and what the reader had to say.

    ``seen(frames, total)`` is called now and then.

    Raises
    ------
    MotionError
        If it cannot be read, or is too short for a window.
    Cancelled
        If ``cancelled()`` became true.
    """
    estimator = MotionEstimator(Settings(flow=flow))
    maps: list[Array] = []
    times: list[float] = []
    with contextlib.closing(open_source(str(path))) as source:
        total = source.info.frame_count
        while (frame := source.read()) is not None:
            if cancelled():
                raise Cancelled
            motion = estimator.step(frame)
            if not motion.first:
                maps.append(motion_map(motion, settings))
                times.append(frame.pts_s)
                if len(maps) * maps[0].nbytes > MOST_BYTES:
                    raise MotionError(f"{path} is too long: its maps would fill {MOST_BYTES // 2**20} MB. Cut it.")
            if frame.index % _REPORT_EVERY == 0:
                seen(frame.index, total)
        notice: str | None = getattr(source, "notice", None)
    if len(maps) < settings.span:
        raise MotionError(f"{path} is too short: a window takes {settings.span + 1} frames, it has {len(maps) + 1}.")
    return new_recording(label, maps, times, str(path), flow), notice


def read_folder(
    folder: Path,
    settings: MapSettings,
    flow: FlowSettings,
    progress: Progress = lambda done, total, name: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Read every clip of ``folder/<class>/``, in order of class and name.

    A file that cannot be read is told of in ``problems``, by name, and the others are read nevertheless; so is a folder
    without a clip.

    Raises
    ------
    MotionError
        If the folder holds no clips of classes.
    """
    clips = labelled_clips(folder)
    recordings: list[Recording] = []
    problems = [f"{one} holds no clip, so there is no class “{one.name}”." for one in empty_classes(folder)]
    held = 0
    for done, (name, path) in enumerate(clips):

        def seen(frames: int, total: int | None, done: int = done, path: Path = path) -> None:
            progress(done, len(clips), f"{path.parent.name}/{path.name}, frame {frames} of {total or '?'}")

        try:
            if cancelled():
                raise Cancelled
            seen(0, None)
            recording, notice = read_clip(path, class_name(name), settings, flow, seen, cancelled)
        except Cancelled:
            return Imported(tuple(recordings), tuple(problems), True)
        except ValueError as error:  # the folder's name cannot be a class
            problems.append(f"{path} is left out: {error}")
            continue
        except Exception as error:  # one damaged file must not cost the rest
            problems.append(failure(error, f"{path} could not be read").message)
            continue
        if held + recording.maps.nbytes > MOST_BYTES:
            problems.append(f"{path} and what comes after it are left out: samples fill {MOST_BYTES // 2**20} MB.")
            break
        held += recording.maps.nbytes
        recordings.append(recording)
        if notice:
            problems.append(notice)
    progress(len(clips), len(clips), "")
    return Imported(tuple(recordings), tuple(problems))
