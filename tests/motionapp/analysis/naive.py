"""The measures again, slowly and obviously, straight from their definitions."""

from __future__ import annotations

import numpy as np


def _ratio(above, below):
    return above / below if below else np.nan


def numbers(flow, confidence, dt_s, mask=None):
    """Return the numbers of a region by name, from (2, H, W) px per frame and (H, W) confidence."""
    u, v = np.asarray(flow, np.float64)
    height, width = u.shape
    mask = np.ones((height, width), bool) if mask is None else mask
    measured = (np.asarray(confidence) >= 0.5) & mask
    speed = np.hypot(u, v)
    total_u = total_v = total = mass = mx = my = 0.0
    speeds, divergences, curls, moving = [], [], [], 0
    for y in range(height):
        for x in range(width):
            if not measured[y, x]:
                continue
            speeds.append(speed[y, x])
            total, total_u, total_v = total + speed[y, x], total_u + u[y, x], total_v + v[y, x]
            if speed[y, x] > 0.5:
                moving, mass = moving + 1, mass + speed[y, x]
                mx, my = mx + x * speed[y, x], my + y * speed[y, x]
            places = [(y, x - 1), (y, x + 1), (y - 1, x), (y + 1, x)]
            if all(0 <= r < height and 0 <= c < width and confidence[r, c] >= 0.5 for r, c in places):
                divergences.append((u[y, x + 1] - u[y, x - 1]) / 2 + (v[y + 1, x] - v[y - 1, x]) / 2)
                curls.append((u[y + 1, x] - u[y - 1, x]) / 2 - (v[y, x + 1] - v[y, x - 1]) / 2)
    count = len(speeds)
    if count == 0:
        return {"valid_fraction": 0.0}
    length = np.hypot(total_u, total_v)
    return {
        "mean_px_s": total / count / dt_s,
        "median_px_s": np.median(speeds) / dt_s,
        "p95_px_s": np.percentile(speeds, 95) / dt_s,
        "max_px_s": max(speeds) / dt_s,
        "mean_u_px_s": total_u / count / dt_s,
        "mean_v_px_s": total_v / count / dt_s,
        "direction_deg": np.degrees(np.arctan2(-total_v, total_u)) if length else np.nan,
        "coherence": _ratio(length, total),
        "moving_fraction": moving / count,
        "centroid_x_px": _ratio(mx, mass),
        "centroid_y_px": _ratio(my, mass),
        "divergence_per_s": np.mean(divergences) / dt_s if divergences else np.nan,
        "curl_per_s": np.mean(curls) / dt_s if curls else np.nan,
        "valid_fraction": count / mask.sum(),
    }
