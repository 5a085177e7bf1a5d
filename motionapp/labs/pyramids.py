"""The pyramids lab: levels, reduce and expand step by step, the matrices, and what pyramids are good for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kernels import coding, filters, matrix_pyramid, pyramid
from motionapp.labs.panels import Panel, Shown, decibel_text, error_text, grey_panel, signed_panel, size_note
from motionapp.labs.shades import round_limit
from motionapp.labs.view import LabView
from motionapp.settings import choice, number

Page = Literal["levels", "steps", "matrices", "blend", "coring", "compression", "texture"]
Other = Literal["mirror image", "rotation", "crossing", "translation", "moving-arm"]
Paint = Literal["first", "second"]
Rule = Literal["hard", "soft", "wiener"]
Transform = Literal["steerable", "laplacian"]
Sample = Literal["picture", "sand", "bark", "bricks"]

#: Reduce and expand are shown in so many steps, and the Laplacian is the last.
STEPS = 5


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is shown; the levels left out, the strokes of the mask and the steps taken are state."""

    page: Page = choice("levels", Page, "Show", "Levels, steps, matrices, blending, coring, compression or texture")
    levels: int = number(4, 1, 7, "Levels", "So many times the picture is reduced")
    pixels: int = number(32, 8, 96, "Pixels", "Longer side of the small picture whose pixels one can see", 4)
    other: Other = choice("mirror image", Other, "Picture B", "What the picture, A, is blended with")
    paint: Paint = choice("first", Paint, "Paint", "Which picture the brush lets through")
    brush: float = number(0.12, 0.02, 0.5, "Brush", "Width of the brush as part of the picture's width", 0.02)
    sigma: float = number(0.1, 0.0, 0.3, "Noise σ", "Standard deviation of the noise that is added; white is 1", 0.01)
    rule: Rule = choice("soft", Rule, "Rule", "Hard threshold, Bayesian soft threshold, or local Wiener filter")
    transform: Transform = choice("steerable", Transform, "Bands", "Whose bands are cored")
    step: float = number(
        0.06, 0.005, 0.5, "Step", "Width of a bin of the finest level; half as wide on each coarser", 0.005
    )
    sample: Sample = choice("picture", Sample, "Sample", "A patch of the picture, or a texture that is always the same")
    seed: int = number(0, 0, 999, "Seed", "Of the noise: another one makes another texture of the same kind")


def levels_shown(view: LabView, parameters: Parameters, left_out: Collection[int] = ()) -> Shown:
    """Return both pyramids level by level and the picture rebuilt from the Laplacian levels that are not ``left_out``.

    Level ``parameters.levels`` is the low-pass rest.
    """
    image, count = view.grey, parameters.levels + 1
    gaussian, laplacian = pyramid.gaussian(image, count), pyramid.laplacian(image, count)
    kept = [np.zeros_like(band) if k in left_out else band for k, band in enumerate(laplacian)]
    rebuilt = pyramid.collapse(kept)
    reduced = tuple(grey_panel(f"G{k}", level, size_note(level)) for k, level in enumerate(gaussian))
    bands = [signed_panel(f"L{k}", band, size_note(band)) for k, band in enumerate(laplacian[:-1])]
    bands.append(grey_panel(f"L{parameters.levels} = G{parameters.levels}", laplacian[-1], size_note(laplacian[-1])))
    bands = [replace(panel, note="left out", kept=False) if k in left_out else panel for k, panel in enumerate(bands)]
    missing = image - rebuilt
    below = (
        grey_panel("picture", image, size_note(image)),
        grey_panel("rebuilt", rebuilt, "of levels kept"),
        signed_panel("missing", missing, "picture − rebuilt", max(round_limit(missing), 0.01)),
    )
    names = [f"L{k}" for k in sorted(left_out) if k < count]
    says = f"without {', '.join(names)}" if names else "all levels kept: the picture itself"
    return Shown((reduced, tuple(bands), below), f"{error_text(missing)} &nbsp;·&nbsp; {says}")


def steps_shown(view: LabView, parameters: Parameters, steps: int) -> Shown:
    """Return reduce and expand of a small picture after ``steps`` of: blur, drop, insert zeros, blur, subtract."""
    image = view.within(parameters.pixels).grey
    taps = np.array(pyramid.TAPS) / 16
    blurred = filters.separable(image, taps, taps)
    dropped = pyramid.reduce(image)
    zeros = np.zeros_like(image)
    zeros[::2, ::2] = dropped
    expanded = pyramid.expand(dropped, image.shape)
    panels = [
        grey_panel("x, the picture", image, size_note(image)),
        grey_panel("1  blurred", blurred, "[1 4 6 4 1] / 16 along x and y"),
        grey_panel("2  every second dropped: G x", dropped, size_note(dropped)),
        grey_panel("3  zeros inserted", zeros, size_note(zeros)),
        grey_panel("4  blurred, times 4: F G x", expanded),
        signed_panel("5  x − F G x: the Laplacian", image - expanded),
    ]
    for k in range(steps + 1, len(panels)):
        panels[k] = Panel(panels[k].title, None)
    return Shown((tuple(panels[:3]), tuple(panels[3:])), "reduce: 1, 2 &nbsp;·&nbsp; expand: 3, 4 &nbsp;·&nbsp; " + _SO)


_SO = "what expanding cannot bring back is the Laplacian level: 5"


def matrices_shown(view: LabView, parameters: Parameters) -> Shown:
    """Return G, F and I − F G for a square piece of the picture, and what they make of it."""
    small = view.within(2 * parameters.pixels).grey
    n = min(parameters.pixels, *small.shape)
    y, x = (small.shape[0] - n) // 2, (small.shape[1] - n) // 2
    piece = small[y : y + n, x : x + n]
    G, F = pyramid.reduce_matrix(n), pyramid.expand_matrix(n)
    band = np.eye(n) - F @ G
    reduced = matrix_pyramid.reduce(piece)
    expanded = matrix_pyramid.expand(reduced, piece.shape)
    matrices = (
        replace(grey_panel("16 G", G, f"{len(G)} × {n}", 0.0, float(G.max())), numbers=16 * G),
        replace(grey_panel("8 F", F, f"{n} × {len(G)}", 0.0, float(F.max())), numbers=8 * F),
        grey_panel("F G", F @ G, f"{n} × {n}", 0.0, float((F @ G).max())),
        signed_panel("I − F G", band, f"{n} × {n}"),
    )
    pictures = (
        grey_panel("x", piece, size_note(piece)),
        grey_panel("G x Gᵀ", reduced, size_note(reduced)),
        grey_panel("F (G x Gᵀ) Fᵀ", expanded, size_note(expanded)),
        signed_panel("L = x − F (G x Gᵀ) Fᵀ", piece - expanded),
    )
    return Shown(
        (matrices, pictures), "G reduces, F expands: every row of both sums to 1, and F is 2 Gᵀ except at the border"
    )


def compression_shown(view: LabView, parameters: Parameters) -> Shown:
    """Return the picture decoded from quantised Laplacian levels, with its bits and its error."""
    image = view.grey
    coded = coding.encode(image, parameters.step, parameters.levels + 1)
    decoded = coding.decode(coded)
    bits = [coding.entropy(level) for level in coded.symbols]
    above = (
        grey_panel("picture", image, "8 bits per pixel"),
        grey_panel("decoded", decoded, f"{coded.bits_per_pixel:.2f} bits per pixel"),
        signed_panel("error", decoded - image),
    )
    notes = [f"{per_symbol:.2f} bits" for per_symbol in bits]
    *bands, rest = (level.astype(np.float32) for level in coded.symbols)
    symbols = (
        *(signed_panel(f"L{k}", band, notes[k], max(1.0, float(np.abs(band).max()))) for k, band in enumerate(bands)),
        grey_panel(f"L{len(bands)}", rest, notes[-1], float(rest.min()), float(rest.max())),
    )
    says = f"<b>{coded.bits_per_pixel:.2f}</b> bits per pixel"
    if coded.bits_per_pixel >= 0.01:
        says += f", {8 / coded.bits_per_pixel:.1f} times fewer than 8"
    return Shown((above, symbols), f"{says} &nbsp;·&nbsp; PSNR <b>{decibel_text(coding.psnr(image, decoded))}</b>")
