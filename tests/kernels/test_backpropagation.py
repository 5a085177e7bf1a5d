"""What threads do to a batch: nothing that shows in the result."""

import threading

import numpy as np
import pytest

from kernels import bands, network

WAIT_S = 30


def batch(net, count):
    rng = np.random.default_rng(3)
    x = rng.standard_normal((count, *net.input_shape), dtype=np.float32)
    return x, rng.integers(net.output_shape[0], size=count)


@pytest.mark.parametrize("count", [1, 7, 33, 100])
def test_the_bits_are_the_same_for_any_number_of_threads(count, set_workers):
    net = network.default(3, 4, size=(14, 18), dropout=0.5)
    parameters = net.initial(0)
    x, labels = batch(net, count)
    alone = net.gradient(parameters, x, labels, rng=np.random.default_rng(5))
    outputs = net.forward(parameters, x)
    for workers in (1, 2, 4):
        set_workers(workers)
        cost, gradient, norms = net.gradient(parameters, x, labels, rng=np.random.default_rng(5), shared=True)
        assert (cost, norms) == (alone[0], alone[2])
        np.testing.assert_array_equal(gradient, alone[1])
        np.testing.assert_array_equal(net.forward(parameters, x, shared=True), outputs)


def test_without_sharing_all_work_stays_on_the_calling_thread(monkeypatch, set_workers):
    set_workers(4)
    monkeypatch.setattr(bands, "_the_pool", lambda: pytest.fail("the pool was asked for"))
    net = network.default(1, 2)
    x, labels = batch(net, 16)
    net.gradient(net.initial(0), x, labels)
    net.forward(net.initial(0), x)


def test_one_thread_may_infer_while_another_trains():
    net = network.default(2, 2, size=(12, 16))
    parameters = net.initial(0)
    x, labels = batch(net, 16)
    expected, found = (net.forward(parameters, x), net.gradient(parameters, x, labels)[1]), []
    thread = threading.Thread(target=lambda: found.extend(net.forward(parameters, x) for _ in range(20)))
    thread.start()
    gradients = [net.gradient(parameters, x, labels)[1] for _ in range(20)]
    thread.join(WAIT_S)
    assert len(found) == 20
    for outputs, gradient in zip(found, gradients, strict=True):
        np.testing.assert_array_equal(outputs, expected[0])
        np.testing.assert_array_equal(gradient, expected[1])
