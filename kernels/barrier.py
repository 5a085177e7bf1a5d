"""Where compiled cores on several threads wait for one another, without the GIL and mostly without the system.

A round trip through a pool of threads takes 0.1 to 0.4 ms, the more the busier other Python threads are; meeting here
takes about 1 µs. So bands that need each other's rows, pass after pass, go through the pool once and then meet.
"""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from kernels._jit import core

#: Looks at the counter before the processor is offered to another thread: some 20 µs.
_PATIENCE = 2000

#: Let another thread run; Windows has no function of this name, and time slices are short enough there.
_yield = types.ExternalFunction("sched_yield", types.int32()) if sys.platform != "win32" else None


def _word(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Return the address of the first element of the array that is the only argument."""
    return context.make_array(signature.args[0])(context, builder, arguments[0]).data


@intrinsic
def _arrive(_typing: Any, counter: Any) -> Any:
    """Add 1 to ``counter[0]``, seen by all threads, after everything this one has written."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one = ir.Constant(ir.IntType(64), 1)
        return builder.atomic_rmw("add", _word(context, builder, signature, arguments), one, "acq_rel")

    return types.int64(counter), generate


@intrinsic
def _arrivals(_typing: Any, counter: Any) -> Any:
    """Return ``counter[0]`` as of now, before anything this thread reads later."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_word(context, builder, signature, arguments), "acquire", 8)

    return types.int64(counter), generate


@core
def meet(counter, members, met):
    """Wait until all ``members`` came here for the time after ``met``; return how often they have met now.

    ``counter`` is an int64 array of one element, 0 at first and shared by all. What any of them wrote before is there
    for all of them afterwards.
    """
    if members > 1:
        _arrive(counter)
        looks = 0
        while _arrivals(counter) < members * (met + 1):
            looks += 1
            if _yield is not None and looks > _PATIENCE:
                _yield()
    return met + 1
