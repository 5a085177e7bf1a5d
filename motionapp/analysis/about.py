"""What a run says of itself: the JSON file beside its results, and what the user should know of the source."""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

from motionapp import __version__
from motionapp.analysis.measuring import columns
from motionapp.analysis.outputs import Counts
from motionapp.analysis.plan import CHUNK, OVERLAP, PIECE, Plan
from motionapp.analysis.recipe import Recipe
from motionapp.arrows import reference_speed

_PACKAGES = ("numpy", "numba", "opencv-python", "av")


def identity(plan: Plan, recipe: Recipe) -> str:
    """Return what two runs must share for one to go on where the other stopped."""
    return "-".join((__version__, f"{CHUNK}+{OVERLAP}/{PIECE}", plan.facts.sha256, recipe.identity))


def notice_of(plan: Plan, recipe: Recipe, counts: Counts, *, partial: bool) -> str | None:
    """Return what the user should know: how many frames were analysed of those that were asked for."""
    facts, asked = plan.facts, len(plan.frames)
    if recipe.to_s is None:
        asked += -(-(facts.expected - facts.readable) // recipe.step)
    if counts.decoded == asked:
        return f"{facts.name}: it is one frame, so nothing moves from one to the next." if asked == 1 else None
    if partial:
        return f"{facts.name}: {counts.decoded} of {asked} frames were analysed: it was interrupted."
    cause = "the file is cut short" if facts.expected > facts.readable else "the rest is damaged"
    return f"{facts.name}: {counts.decoded} of {asked} frames could be read: {cause}."


def describe(plan: Plan, recipe: Recipe, counts: Counts, notice: str | None, *, complete: bool) -> dict[str, Any]:
    """Return what stands in the JSON file: all that the results depend on, and nothing else."""
    facts = plan.facts
    first = int(plan.frames[0])
    return {
        "complete": complete,
        "notice": notice,
        "source": {
            "name": facts.name,
            "sha256": facts.sha256,
            "width": facts.width,
            "height": facts.height,
            "duration_s": facts.duration_s,
            "frames": facts.expected,
        },
        "frames_analysed": counts.decoded,
        "rows_per_region": counts.rows,
        "first_frame": {
            "number": first,
            "note": "has no row: there is nothing before it that it could have moved from",
        },
        "columns": list(columns(recipe)),
        "video": None if recipe.video == "off" else _about_video(plan, first),
        "recipe": json.loads(recipe.to_json()),
        "chunks": {"positions": CHUNK, "warm_start_positions": OVERLAP},
        "versions": {"motionapp": __version__, **{name: importlib.metadata.version(name) for name in _PACKAGES}},
        "run": identity(plan, recipe),
    }


def _about_video(plan: Plan, first: int) -> dict[str, Any]:
    scale = plan.facts.px_per_px_s
    return {"time_0_is_frame": first, "px_per_px_s": scale, "full_scale_px_s": reference_speed(scale)}
