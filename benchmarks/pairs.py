"""Pairs of pictures with known motion: Middlebury, MPI-Sintel and KITTI folders, the synthetic scenes, a fast arm.

References
----------
S. Baker et al., "A database and evaluation methodology for optical flow", IJCV 92, 2011 (Middlebury).
D. J. Butler, J. Wulff, G. B. Stanley, M. J. Black, "A naturalistic open source movie for optical flow evaluation",
ECCV 2012 (Sintel).
M. Menze, A. Geiger, "Object scene flow for autonomous vehicles", CVPR 2015 (KITTI 2015; 2012 differs in one name).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np

from motionapp._cv2 import cv2
from motionapp.flowfiles import read_flow
from motionapp.images import read_image
from motionapp.scenes import PERIOD_S, SCENES, SceneSource
from motionapp.sprites import noise
from motionapp.types import Array, MotionError

_SINTEL_PASSES = ("final", "clean")
_KITTI_IMAGES = ("image_2", "colored_0", "image_0")
_KITTI_FLOWS = ("flow_occ", "flow_noc")

#: Motion of the fast arm in px, right and down: further than it is wide.
FAST_ARM = {"right": (30, 0), "left": (-30, 0), "aslant": (21, 21)}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures and how the first one's pixels move to the second.

    ``image0`` and ``image1`` are ``(H, W)`` uint8 grey, ``flow`` is ``(H, W, 2)`` float32 in px to the right and down,
    0 where it is not known; ``valid`` is ``(H, W)`` bool and says where it is.
    """

    sequence: str
    name: str
    image0: Array
    image1: Array
    flow: Array
    valid: Array


@dataclass(frozen=True, slots=True)
class PairFiles:
    """Where a pair lies; ``invalid`` is a picture that is not black where the truth is not to be used."""

    sequence: str
    name: str
    image0: Path
    image1: Path
    flow: Path
    invalid: Path | None = None

    def read(self) -> Pair:
        """Read the pair.

        Raises
        ------
        MotionError
            If a file is missing or bad, sizes differ, or the truth is known nowhere.
        """
        image0, image1 = grey(self.image0), grey(self.image1)
        truth = read_flow(self.flow)
        valid = np.isfinite(truth[0])
        sized = [(self.image0, image0), (self.image1, image1), (self.flow, valid)]
        if self.invalid is not None:
            unused = grey(self.invalid) > 0
            sized.append((self.invalid, unused))
        if len({array.shape for _, array in sized}) > 1:
            sizes = ", ".join(f"{path} is {array.shape[1]}×{array.shape[0]}" for path, array in sized)
            raise MotionError(f"A pair and its flow must have one size, but {sizes} px.")
        if self.invalid is not None:
            valid &= ~unused
        if not valid.any():
            raise MotionError(f"{self.flow} knows no vector to compare with.")
        flow = np.moveaxis(np.where(valid, truth, 0.0), 0, 2)
        return Pair(self.sequence, self.name, image0, image1, np.ascontiguousarray(flow, np.float32), valid)


def grey(path: Path) -> Array:
    """Return an image file as ``(H, W)`` uint8: what every method gets."""
    image = read_image(path)
    if image.dtype != np.uint8:
        image = np.rint(255.0 * image).astype(np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def find_pairs(folder: Path, most: int | None = None) -> tuple[str, list[PairFiles]]:
    """Return the data set's name and the pairs below a folder, at most ``most`` of each sequence, evenly spread.

    Raises
    ------
    MotionError
        If the folder has none of the three layouts, or a picture of a pair is missing.
    """
    if not folder.is_dir():
        raise MotionError(f"{folder} is not a folder. Choose one in the layout of Middlebury, Sintel or KITTI.")
    for layout, find in {"MPI-Sintel": _sintel, "KITTI": _kitti, "Middlebury": _middlebury}.items():
        pairs = list(find(folder))
        if not pairs:
            continue
        for path in (path for pair in pairs for path in (pair.image0, pair.image1)):
            if not path.is_file():
                raise MotionError(f"{path} is missing, but there is flow for it.")
        return layout, _spread(pairs, most)
    raise MotionError(
        f"{folder} has no pairs with flow. Known are Middlebury (NAME/frame10.png, frame11.png, flow10.flo), "
        "Sintel (training/final, training/flow) and KITTI (training/image_2, training/flow_occ)."
    )


def _spread(pairs: Iterable[PairFiles], most: int | None) -> list[PairFiles]:
    chosen: list[PairFiles] = []
    for _, group in groupby(pairs, attrgetter("sequence")):
        members = list(group)
        count = len(members) if most is None else min(most, len(members))
        chosen += [members[(2 * index + 1) * len(members) // (2 * count)] for index in range(count)]
    return chosen


def _middlebury(folder: Path) -> Iterator[PairFiles]:
    """Flow lies beside the pictures or, as published, in a tree of its own with the same names."""
    for flow in sorted(folder.resolve().rglob("flow10.flo")):
        home, name = flow.parent, flow.parent.name
        if not (home / "frame10.png").is_file():
            home = next((path.parent for path in sorted(folder.rglob(f"{name}/frame10.png"))), home)
        yield PairFiles(name, name, home / "frame10.png", home / "frame11.png", flow)


def _sintel(folder: Path) -> Iterator[PairFiles]:
    """The final pass, unless there is only the clean one or the folder named is a pass."""
    if folder.resolve().name in _SINTEL_PASSES:
        roots, passes = [folder.resolve().parent], [folder.resolve().name]
    else:
        roots, passes = [folder / "training", folder], list(_SINTEL_PASSES)
    homes = ((root, root / one) for root in roots for one in passes if (root / "flow").is_dir())
    root, pictures = next((home for home in homes if home[1].is_dir()), (None, folder))
    if root is None:
        return
    for flow in sorted(root.glob("flow/*/frame_*.flo")):
        scene, digits = flow.parent.name, flow.stem.removeprefix("frame_")
        if digits.isdecimal():
            first = pictures / scene / f"{flow.stem}.png"
            second = first.with_name(f"frame_{int(digits) + 1:0{len(digits)}}.png")
            invalid = root / "invalid" / scene / first.name
            yield PairFiles(scene, flow.stem, first, second, flow, invalid if invalid.is_file() else None)


def _kitti(folder: Path) -> Iterator[PairFiles]:
    """Flow of all pixels, unless there is only that of pixels which stay in view."""
    for root in (folder / "training", folder):
        flows = next((root / name for name in _KITTI_FLOWS if (root / name).is_dir()), None)
        images = next((root / name for name in _KITTI_IMAGES if (root / name).is_dir()), None)
        if flows and images:
            for flow in sorted(flows.glob("*_10.png")):
                name = flow.stem.removesuffix("_10")
                yield PairFiles("KITTI", name, images / flow.name, images / f"{name}_11.png", flow)
            return


def scene_pairs(count: int, width: int = 640, height: int = 480) -> Iterator[Pair]:
    """Yield ``count`` pairs of each synthetic scene, spread evenly over its period.

    A scene knows the motion that led to a frame, on the grid of that frame. So the pair is the frame and its
    predecessor, in this order, and the flow is the negative of that motion: exact at every pixel.
    """
    for name in SCENES:
        source = SceneSource(name, width, height)
        frames = round(PERIOD_S * source.info.rate_hz)
        for number in range(count):
            index = (2 * number + 1) * frames // (2 * count)
            frame, before = source.frame(max(1, index)), source.frame(max(1, index) - 1)
            if frame.truth is None:
                raise MotionError(f"Scene {name!r} does not know its motion at frame {index}.")
            image0, image1 = (cv2.cvtColor(one.image, cv2.COLOR_RGB2GRAY) for one in (frame, before))
            flow = np.ascontiguousarray(np.moveaxis(0.0 - frame.truth.flow, 0, 2))
            yield Pair(name, f"frame {index}", image0, image1, flow, np.ones(image0.shape, bool))


def fast_arm_pairs(width: int = 640, height: int = 480) -> Iterator[Pair]:
    """Yield an upright arm 20 px wide that moves 30 px, right, left and aslant; only the arm's own pixels count."""
    ground, skin = (np.clip(118.0 + 40.0 * noise(height, width, 1.5, seed), 0, 255) for seed in (0, 1))
    left, top = width // 2, height // 4
    arm = np.zeros((height, width), bool)
    arm[top : top + height // 2, left : left + 20] = True
    image0 = np.where(arm, skin, ground).astype(np.uint8)
    for name, (right, down) in FAST_ARM.items():
        moved, there = (np.roll(array, (down, right), (0, 1)) for array in (skin, arm))
        flow = np.where(arm[..., np.newaxis], np.float32((right, down)), np.float32(0))
        yield Pair("fast arm", name, image0, np.where(there, moved, ground).astype(np.uint8), flow, arm)


def spoilt(pair: Pair, exposure: float = 1.0, noise_levels: float = 0.0) -> Pair:
    """Return a pair whose second picture is ``exposure`` times as bright, and both with noise of their own.

    ``noise_levels`` is the standard deviation in grey levels of 255. Values are cut off at 0 and 255, as a camera does.
    """
    if exposure == 1.0 and noise_levels == 0.0:
        return pair
    random = np.random.default_rng(0)
    pictures = (
        np.rint(np.clip(gain * image + random.normal(0.0, noise_levels, image.shape), 0, 255)).astype(np.uint8)
        for gain, image in ((1.0, pair.image0), (exposure, pair.image1))
    )
    image0, image1 = pictures
    return replace(pair, image0=image0, image1=image1)
