"""Time of a training step and of one inference on the default net, ours and PyTorch's on the CPU.

``python -m benchmarks.network``. A step is forward, backward and update by momentum on one batch. Contenders take
turns, so that a machine that slows down slows down all; timed calls follow untimed ones, as steps of a training do.
Times are medians. Before its turn a contender rests, until threads of the one before have stopped waiting for work,
which those of OpenMP do at full speed. PyTorch with as many threads as there are processors needs a machine that does
nothing else: a thread that has to wait for a processor holds up all. Where PyTorch is absent, ours are measured alone.
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

#: A turn: some rest, then so many calls in a row that are not timed and that are.
REST_S, UNTIMED, TIMED = 0.05, 2, 4


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

    torch.set_num_threads(threads)
    net = torch_nets.twin(network, network.initial(0))
    optimiser = torch_nets.optimiser("momentum", net, RATE, MOMENTUM)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> None:
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(inputs), targets).backward()
        optimiser.step()

    def infer() -> None:
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
            time.sleep(REST_S)
            for call, spent_s in ((one.step, steps_s[one.name]), (one.infer, inferences_s[one.name])):
                for _ in range(UNTIMED):
                    call()
                for _ in range(TIMED):
                    began = time.perf_counter()
                    call()
                    spent_s.append(time.perf_counter() - began)
    results = []
    for one in contenders:
        step_s, inference_s = statistics.median(steps_s[one.name]), statistics.median(inferences_s[one.name])
        results.append(Result(one.name, 1000 * step_s, batch / step_s, 1000 * inference_s))
    return results


def table(results: Sequence[Result], reference: Result | None) -> str:
    """Return the results as aligned text, with ratios to the reference, PyTorch, if there is one."""
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
    parser.add_argument("--repeats", type=positive, default=40, help="turns of each (default: 40)")
    parser.add_argument("--workers", type=positive, default=2, help="threads of ours and of PyTorch (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    warm_up()
    before = bands.workers()
    bands.set_workers(options.workers)
    try:
        network, rng = default(CHANNELS, CLASSES), np.random.default_rng(0)
        x = rng.standard_normal((options.batch, *network.input_shape), dtype=np.float32)
        labels = rng.integers(CLASSES, size=options.batch)
        contenders = [ours(network, x, labels, threads) for threads in sorted({1, options.workers})]
        if torch_nets.installed():
            contenders.append(pytorch(network, x, labels, options.workers))
        else:
            print(f"left out: {torch_nets.ABSENT}", file=sys.stderr)
        results = race(contenders, options.batch, options.repeats)
    finally:
        bands.set_workers(before)
    if options.json:
        about = conditions(options.workers) | {"batch": options.batch, "repeats": options.repeats}
        print(json.dumps({"conditions": about, "results": [asdict(one) for one in results]}, indent=1))
    else:
        print(f"default net on {network.input_shape}, batch {options.batch}, {options.repeats} turns of each")
        print(table(results, results[-1] if torch_nets.installed() else None))
    return 0


if __name__ == "__main__":
    sys.exit(main())
