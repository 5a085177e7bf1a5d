"""Small video files for tests: every frame carries its number, coarse enough to survive any codec and rotation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

COLUMNS, ROWS = 4, 3  # twelve blocks: numbers up to 4095


def numbered(number: int, width: int = 64, height: int = 48) -> np.ndarray:
    """Return an ``(height, width, 3)`` uint8 picture of ``number``: one bright block per set bit."""
    bits = np.array([number >> bit & 1 for bit in range(COLUMNS * ROWS)], np.uint8).reshape(ROWS, COLUMNS)
    y = np.arange(height) * ROWS // height
    x = np.arange(width) * COLUMNS // width
    grey = 40 + 170 * bits[y[:, None], x[None, :]]
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def number_in(image: np.ndarray) -> int:
    """Return the number :func:`numbered` put into a picture."""
    height, width = image.shape[:2]
    grey = image.reshape(height, width, -1).mean(axis=2)
    y = (2 * np.arange(ROWS) + 1) * height // (2 * ROWS)
    x = (2 * np.arange(COLUMNS) + 1) * width // (2 * COLUMNS)
    bits = grey[y[:, None], x[None, :]].ravel() > 125
    return int(sum(1 << bit for bit, on in enumerate(bits) if on))


def write_clip(
    path: Path,
    codec: str = "libx264",
    *,
    times: Sequence[float] | int = 30,
    rate: int = 30,
    size: tuple[int, int] = (64, 48),
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    rotation: int = 0,
    format: str | None = None,
) -> list[float]:
    """Write numbered frames at ``times`` (seconds, or a count at ``rate``); return the times."""
    times = [i / rate for i in range(times)] if isinstance(times, int) else list(times)
    # AVI has no time stamps and GIF hundredths only: one tick is one frame, or 10 ms
    plain = path.suffix in (".avi", ".mpg", ".y4m")
    tick = Fraction(1, rate if plain else 100 if path.suffix == ".gif" else 90000)
    with av.open(str(path), "w", format=format, options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = tick
        if rotation:
            stream.set_display_rotation(rotation)
        for number, time in enumerate(times):
            picture = av.VideoFrame.from_ndarray(numbered(number, *size), format="rgb24")
            picture.pts, picture.time_base = round(time / tick), tick
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return times
