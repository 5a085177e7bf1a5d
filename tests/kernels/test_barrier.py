"""Threads that meet: nobody goes on before all have come, and everybody sees what the others wrote."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kernels._jit import core
from kernels.barrier import meet


@core
def _pass_on(values, rounds, counter, members, me):
    """Add up the neighbour's value of the round before, again and again; any that came too early goes wrong."""
    met = np.int64(0)
    for k in range(rounds):
        values[1 + k, me] = values[k, (me + 1) % members] + me
        met = meet(counter, members, met)
    return met


@pytest.mark.parametrize("members", [1, 2, 3])
def test_nobody_goes_on_before_all_have_come(members):
    rounds = 2000
    values = np.zeros((rounds + 1, members), np.int64)
    counter = np.zeros(1, np.int64)
    with ThreadPoolExecutor(members) as pool:
        found = list(pool.map(lambda me: _pass_on(values, rounds, counter, members, me), range(members)))
    expected = np.zeros(members, np.int64)
    for _ in range(rounds):
        expected = np.roll(expected, -1) + np.arange(members)
    assert found == [rounds] * members
    assert values[-1].tolist() == expected.tolist()
