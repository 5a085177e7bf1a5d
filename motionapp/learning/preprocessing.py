"""What is done to windows before the network sees them, learned on the training part alone and kept with the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from motionapp.types import Array

#: Speeds above this percentile of all that moves are cut off: single wild vectors would set the scale.
CLIP_PERCENTILE = 99.0


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Clip, zero-centre and scale: ``(min(max(x, −clip), clip) − mean) · gain``, mean and gain per channel of a map."""

    clip: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    gain: tuple[float, ...] = (1.0,)

    @classmethod
    def of(cls, x: Array) -> Preprocessing:
        """Learn from maps ``(M, C, rows, columns)`` float32: afterwards each channel has mean 0 and deviation 1."""
        speed = x[:, 0]
        moving = speed[speed > 0]
        clip = float(np.float32(np.percentile(moving, CLIP_PERCENTILE))) if moving.size else 1.0
        cut = np.clip(x, -clip, clip)
        mean = cut.mean(axis=(0, 2, 3), dtype=np.float64)
        deviation = cut.std(axis=(0, 2, 3), dtype=np.float64)
        gain = np.where(deviation > 1e-6 * clip, 1.0 / np.maximum(deviation, 1e-12), 1.0)
        return cls(clip, *(tuple(float(np.float32(value)) for value in values) for values in (mean, gain)))

    def apply(self, x: Array) -> Array:
        """Return windows or maps ``(n, k·C, rows, columns)`` as the network takes them: a new float32 array."""
        mean, gain = self.planes(x.shape[1])
        done = np.clip(x, np.float32(-self.clip), np.float32(self.clip))
        done -= mean
        done *= gain
        return done

    def planes(self, channels: int) -> tuple[Array, Array]:
        """Return mean and gain for every one of k·C channels: ``(k·C, 1, 1)`` float32 each."""
        times = channels // len(self.mean)
        mean, gain = (np.tile(np.array(values, np.float32), times)[:, None, None] for values in (self.mean, self.gain))
        return mean, gain
