"""Make every compiled core ready before it is needed, and keep their cache on disk in good health.

Machine code is compiled at the first call, some seconds for all cores together, and read from the cache in later
runs. A cache file that was cut short or altered would crash each start, so their checksums are kept beside them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba.core.caching import NullCache

from kernels import (
    _jit,
    confidence,
    derivatives,
    descent,
    energy,
    filters,
    flow,
    linearise,
    median,
    network,
    patches,
    pyramid,
    solver,
    warp,
)

#: Called with the number of kernels ready, their total and the name of the next.
Progress = Callable[[int, int, str], None]

#: A name and a call with the dtypes of production.
Task = tuple[str, Callable[[], object]]

RENEWED = "The cache of compiled kernels was damaged and has been made anew."
UNCACHED = "Compiled kernels cannot be kept on disk, so every start takes longer. Free some space in {folder}."

_CHECKSUMS = "checksums.json"
_KEEP_UNUSED_S = 30 * 24 * 3600.0
_BEING_COMPILED_S = 600.0  # files younger than this may be another process's that has not sealed them yet


def tasks() -> list[Task]:
    """Return what has to run once before motion is live."""
    height, width = 24, 32
    image = np.random.default_rng(0).random((height, width), dtype=np.float32)
    still = np.zeros((2, height, width), np.float32)
    jumping = np.zeros_like(image)
    jumping[8:12, 4:8] = 1.0  # and mirrored: a patch that is lost, so that it is searched for
    weights = energy.Weights(alpha=1.0, beta=1.0)
    rule = descent.coefficients("nesterov", 1)
    lines = np.zeros((9, height, width), np.float32)
    system = np.ones((solver.SYSTEM_PLANES, height, width), np.float32)
    net, maps = network.default(1, 2, size=(height, width)), image[None, None]
    weights_of_net = net.initial(0)
    return [
        ("reduce", lambda: pyramid.reduce(image)),
        ("reduce bytes", lambda: pyramid.gaussian_planes(np.zeros((1, height, width), np.uint8), 2)),
        ("derivatives", lambda: derivatives.derivative(image, 0)),
        ("linear warp", lambda: warp.warp(image, still)),
        ("cubic warp", lambda: warp.warp(image, still, order="cubic")),
        ("upsampling", lambda: warp.upsample_flow(still[:, : height // 2, : width // 2], (height, width))),
        ("upsampling by pixels", lambda: warp.upsample_pixels(still[:, :12, :16].copy(), (height, width), factor=2)),
        ("linearisation", lambda: linearise.linearise(image, image, still)),
        ("edges", lambda: energy.edges(image, weights)),
        ("quadratic bound", lambda: energy.bound(image[None], image[None], still, still, still, weights)),
        ("descent", lambda: solver.descend(system, still, still, rule, 0.5)),
        ("median", lambda: median.weighted_median(still, image)),
        ("patches", lambda: patches.rescue(jumping, np.ascontiguousarray(jumping[:, ::-1]), still.copy())),
        ("energy", lambda: energy.energy(lines, still, still, still, weights)),
        ("gradient", lambda: energy.gradient(system, still)),
        ("confidence", lambda: confidence.confidence(image, image, still)),
        ("consistency", lambda: confidence.consistency(still, still)),
        ("coarse to fine", lambda: flow.estimate(image, image, initial=still)),
        ("trace", lambda: flow.estimate(image, image, trace=descent.TraceRecorder(*energy.TERMS))),
        ("recognition", lambda: net.forward(weights_of_net, maps)),
        ("training", lambda: net.gradient(weights_of_net, maps, np.zeros(1, np.int64))),
    ]


def lab_tasks() -> list[Task]:
    """Return what has to run once before a lab is live, beyond :func:`tasks`; compiled when a lab is first opened."""
    from kernels import phase, riesz  # not at start-up: the window has no use for them

    image = np.random.default_rng(0).random((24, 32), dtype=np.float32)
    still, lines, weights = np.stack([image, image]), np.zeros((9, *image.shape), np.float32), energy.Weights(alpha=1.0)
    return [
        ("correlation", lambda: filters.correlate(image, image[:3, :3])),
        ("expand", lambda: pyramid.expand(image, (48, 64))),
        ("weights of the data term", lambda: energy.weigh(lines, still, still, still, weights)),
        ("Riesz magnification", lambda: _magnify(riesz.RieszMagnifier(image.shape), image)),
        ("steerable magnification", lambda: _magnify(phase.SteerableMagnifier(image.shape), image)),
    ]


def _magnify(magnifier: Any, image: Any) -> None:
    for dt_s in (0.0, 0.04):
        magnifier.step(image, dt_s, alpha=1.0, low_hz=1.0, high_hz=2.0)


def warm_up(progress: Progress = lambda done, total, name: None, *, labs: bool = False) -> str | None:
    """Run every kernel once, from the cache where it is sound; return a notice for the user if it was not.

    Parameters
    ----------
    progress
        Called before each kernel and at the end.
    labs
        Whether it is the kernels that only labs use which are wanted, or those of live motion and learning.

    Notes
    -----
    Where a file differs from its checksum, or a kernel cannot be loaded or stored, the cache is emptied and
    everything compiled again; if that fails as well, this process goes on without a cache.
    """
    folder, work = _jit.CACHE_FOLDER, (lab_tasks if labs else tasks)()
    if folder is None:
        _run(work, progress)
        return UNCACHED.format(folder="the user cache folder")
    notice = None if _sound(folder) else RENEWED
    try:
        _run(work, progress)
    except Exception:  # whatever a torn file makes unpickling or linking raise
        _empty(folder)
        notice = RENEWED
        try:
            _run(work, progress)
        except Exception:
            for core in _jit.CORES.values():
                core._cache = NullCache()
            notice = UNCACHED.format(folder=folder)
            _run(work, progress)
    _seal(folder)
    _forget_old(folder)
    return notice


def _run(work: list[Task], progress: Progress) -> None:
    for done, (name, call) in enumerate(work):
        progress(done, len(work), name)
        call()
    progress(len(work), len(work), "")


def _code_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in (".nbi", ".nbc"))


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _sound(folder: Path) -> bool:
    """Check the cached files against their checksums; drop those left unsealed, and all if one is damaged."""
    try:
        sealed = json.loads((folder / _CHECKSUMS).read_text())
        files = {str(file.relative_to(folder)): file for file in _code_files(folder)}
        intact = all(name in files and _checksum(files[name]) == checksum for name, checksum in sealed.items())
    except FileNotFoundError:
        intact, sealed, files = True, {}, {str(file): file for file in _code_files(folder)}
    except (OSError, ValueError, AttributeError):
        intact, sealed, files = False, {}, {}
    if not intact:
        _empty(folder)
        return False
    for name in files.keys() - sealed.keys():  # left by a run that was interrupted, or is not over
        with contextlib.suppress(OSError):
            if time.time() - files[name].stat().st_mtime > _BEING_COMPILED_S:
                files[name].unlink()
    return True


def _empty(folder: Path) -> None:
    for file in _code_files(folder):
        with contextlib.suppress(OSError):
            file.unlink()
    (folder / _CHECKSUMS).unlink(missing_ok=True)


def _seal(folder: Path) -> None:
    """Write the checksums of all cached files, in one step. The last of several processes to finish is right."""
    sums = {}
    for file in _code_files(folder):
        with contextlib.suppress(OSError):  # another process has just taken it away
            sums[str(file.relative_to(folder))] = _checksum(file)
    draft = folder / f"{_CHECKSUMS}.{os.getpid()}"
    with contextlib.suppress(OSError):
        draft.write_text(json.dumps(sums, indent=0))
        draft.replace(folder / _CHECKSUMS)


def _forget_old(folder: Path) -> None:
    """Remove the caches of other versions that were not used for a month."""
    with contextlib.suppress(OSError):
        os.utime(folder)
        for other in folder.parent.iterdir():
            if other != folder and time.time() - other.stat().st_mtime > _KEEP_UNUSED_S:
                shutil.rmtree(other, ignore_errors=True)
