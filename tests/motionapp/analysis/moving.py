"""Small videos of something that moves, and what is needed to analyse them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from motionapp.analysis.recipe import Recipe
from motionapp.settings import PRESETS

LIVE = Recipe(flow=PRESETS["live"])


def texture(width, height, seed=0):
    """Return an ``(height, width, 3)`` uint8 picture with structure of a few px."""
    coarse = np.random.default_rng(seed).integers(0, 255, (height // 4 + 2, width // 4 + 2, 3)).astype(np.float32)
    fine = np.kron(coarse, np.ones((4, 4, 1), np.float32))[:height, :width]
    return (0.5 * fine + 0.5 * np.roll(fine, (2, 2), (0, 1))).astype(np.uint8)


def write_moving(path: Path, frames=20, size=(64, 48), rate=30, shift=(1, 0), times=None) -> Path:
    """Write a clip of a texture that moves by ``shift`` px per frame, round and round."""
    picture, tick = texture(*size), Fraction(1, 90000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "10", "g": "50", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = tick
        for number in range(frames):
            shown = np.roll(picture, (shift[1] * number, shift[0] * number), (0, 1))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
            frame.pts, frame.time_base = round((times[number] if times else number / rate) / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder by its name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
