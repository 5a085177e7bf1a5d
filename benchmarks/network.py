"""Time of a training step and of one inference on the default net, ours and PyTorch's on the CPU.

``python -m benchmarks.network``. A step is forward, backward and update by momentum on one batch. Contenders take
turns, so that a machine that slows down slows down all; a timed call follows an untimed one, as steps of a training do.
Times are medians, and ratios are to the faster of PyTorch on one thread and on all: a second thread that has to wait
for a processor makes it slower than one. Where PyTorch is absent, ours are measured alone.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks import torch_nets
from benchmarks.command import aligned, conditions, positive
from kernels import bands
from kernels.checks import Array
from kernels.descent import Descent
from kernels.network import Network, default
from kernels.warmup import warm_up

CHANNELS, CLASSES, RATE, MOMENTUM = 8, 3, 0.01, 0.9


@dataclass(frozen=True, slots=True)
class Contender:
    """A training step on a batch, and an inference of one sample."""

    name: str
    step: Callable[[], object]
    infer: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Result:
    """Medians: of a step, with the samples it gets through, and of an inference."""

    name: str
    step_ms: float
    samples_per_s: float
    inference_ms: float


def on(threads: int) -> str:
    """Say how many threads there are."""
    return f"{threads} thread{'s' if threads > 1 else ''}"


def ours(network: Network, x: Array, labels: Array, threads: int) -> Contender:
    """Return our net, on the calling thread alone or sharing the work of a batch among the threads of the bands."""
    parameters, descent = network.initial(0), Descent("momentum", RATE, MOMENTUM)

    def step() -> None:
        _, gradient, _ = network.gradient(parameters, x, labels, shared=threads > 1)
        descent.step(parameters, gradient)

    return Contender(f"ours, {on(threads)}", step, lambda: network.forward(parameters, x[:1]))


def pytorch(network: Network, x: Array, labels: Array, threads: int) -> Contender:
    """Return the same net in PyTorch."""
    import torch

    net = torch_nets.twin(network, network.initial(0))
    optimiser = torch_nets.optimiser("momentum", net, RATE, MOMENTUM)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)

    def take_threads() -> None:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)

    def step() -> None:
        take_threads()
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(inputs), targets).backward()
        optimiser.step()

    def infer() -> None:
        take_threads()
        with torch.inference_mode():
            net(inputs[:1])

    version = importlib.metadata.version("torch")
    return Contender(f"PyTorch {version}, {on(threads)}", step, infer)


def race(contenders: Sequence[Contender], batch: int, repeats: int) -> list[Result]:
    """Let the contenders take turns; return their medians."""
    steps_s: dict[str, list[float]] = {one.name: [] for one in contenders}
    inferences_s: dict[str, list[float]] = {one.name: [] for one in contenders}
    for _ in range(repeats):
        for one in contenders:
            for call, spent_s in ((one.step, steps_s[one.name]), (one.infer, inferences_s[one.name])):
                call()
                began = time.perf_counter()
                call()
                spent_s.append(time.perf_counter() - began)
    results = []
    for one in contenders:
        step_s, inference_s = statistics.median(steps_s[one.name]), statistics.median(inferences_s[one.name])
        results.append(Result(one.name, 1000 * step_s, batch / step_s, 1000 * inference_s))
    return results


def best(results: Sequence[Result]) -> Result | None:
    """Return the best of several results in each of their figures; None if there are none."""
    if not results:
        return None
    step_ms, samples_per_s = min(one.step_ms for one in results), max(one.samples_per_s for one in results)
    return Result("best", step_ms, samples_per_s, min(one.inference_ms for one in results))


def table(results: Sequence[Result], reference: Result | None) -> str:
    """Return the results as aligned text, with ratios to the reference, PyTorch at its best, if there is one."""
    head = ["", "step ms", "samples/s", "inference ms"]
    rows = [[one.name, f"{one.step_ms:.2f}", f"{one.samples_per_s:.0f}", f"{one.inference_ms:.3f}"] for one in results]
    if reference:
        head += ["× PyTorch's samples/s", "× PyTorch's inference"]
        for row, one in zip(rows, results, strict=True):
            row += [
                f"{one.samples_per_s / reference.samples_per_s:.2f}",
                f"{one.inference_ms / reference.inference_ms:.2f}",
            ]
    return aligned([head, *rows])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.network", description=__doc__)
    parser.add_argument("--batch", type=positive, default=32, help="samples of a training step (default: 32)")
    parser.add_argument("--repeats", type=positive, default=100, help="timed calls of each (default: 100)")
    parser.add_argument("--workers", type=positive, default=2, help="most threads, of ours and of PyTorch (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    warm_up()
    before = bands.workers()
    bands.set_workers(options.workers)
    try:
        network, rng = default(CHANNELS, CLASSES), np.random.default_rng(0)
        x = rng.standard_normal((options.batch, *network.input_shape), dtype=np.float32)
        labels = rng.integers(CLASSES, size=options.batch)
        numbers = sorted({1, options.workers})
        contenders = [ours(network, x, labels, threads) for threads in numbers]
        if torch_nets.installed():
            contenders += [pytorch(network, x, labels, threads) for threads in numbers]
        else:
            print(f"left out: {torch_nets.ABSENT}", file=sys.stderr)
        results = race(contenders, options.batch, options.repeats)
    finally:
        bands.set_workers(before)
    if options.json:
        about = conditions(options.workers) | {"batch": options.batch, "repeats": options.repeats}
        print(json.dumps({"conditions": about, "results": [asdict(one) for one in results]}, indent=1))
    else:
        print(f"default net on {network.input_shape}, batch {options.batch}, {options.repeats} repeats")
        print(table(results, best(results[len(numbers) :])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
