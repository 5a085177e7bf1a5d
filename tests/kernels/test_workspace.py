import threading

import numpy as np
import pytest

from kernels import network, workspace

WAIT_S = 30


@pytest.fixture
def fresh(monkeypatch):
    """Start with a thread that keeps nothing yet."""
    monkeypatch.setattr(workspace, "_memory", workspace._Memory())


def place(array):
    return array.__array_interface__["data"][0]


def test_outside_a_piece_every_array_is_its_own(fresh):
    arrays = [workspace.empty((3, 5)) for _ in range(3)]
    assert all(array.base is None and array.dtype == np.float32 and array.shape == (3, 5) for array in arrays)


def test_the_first_piece_says_how_much_is_wanted_and_later_ones_share_it(fresh):
    places = []
    for _ in range(3):
        with workspace.piece():
            arrays = [workspace.empty(shape) for shape in ((2, 3, 7), (), (1000,), (0, 4))]
            for value, array in enumerate(arrays):
                array[...] = value
            assert [array.shape for array in arrays] == [(2, 3, 7), (), (1000,), (0, 4)]
            assert all((array == value).all() for value, array in enumerate(arrays))
            places.append([place(array) for array in arrays[:3]])
    assert places[1] == places[2]
    assert all(start % 64 == 0 for start in places[1])


def test_a_piece_within_a_piece_leaves_the_outer_one_alone(fresh):
    for _ in range(2):
        with workspace.piece():
            outer = workspace.empty((50,))
            outer[:] = 1
            for _ in range(2):
                with workspace.piece():
                    workspace.empty((50,))[:] = 2
            after = workspace.empty((50,))
            after[:] = 3
            assert (outer == 1).all()


def test_what_finds_no_room_is_made_afresh_and_no_more_is_kept_than_the_limit(fresh, monkeypatch):
    monkeypatch.setattr(workspace, "LARGEST", 64)
    for _ in range(2):
        with workspace.piece():
            arrays = [workspace.empty((40,)) for _ in range(3)]
            for value, array in enumerate(arrays):
                array[:] = value
            assert all((array == value).all() for value, array in enumerate(arrays))
    assert len(workspace._memory.block) == 64


def test_a_piece_that_fails_gives_its_memory_back(fresh):
    @workspace.piece()
    def fail():
        workspace.empty((100,))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert workspace.empty((100,)).base is None
    with workspace.piece():
        assert place(workspace.empty((100,))) == place(workspace._memory.block)


def test_threads_keep_blocks_of_their_own():
    found = []

    def work():
        for _ in range(2):
            with workspace.piece():
                found.append(place(workspace.empty((5000,))))

    with workspace.piece():
        workspace.empty((5000,))
    with workspace.piece():
        mine = place(workspace.empty((5000,)))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(WAIT_S)
    assert len(found) == 2
    assert mine not in found


def test_results_of_a_network_are_not_overwritten_by_the_next_call():
    net = network.default(2, 3, size=(12, 16))
    parameters, rng = net.initial(0), np.random.default_rng(0)
    x = rng.standard_normal((300, *net.input_shape), dtype=np.float32)
    labels = rng.integers(3, size=300)
    outputs, activations = net.forward(parameters, x), net.activations(parameters, x)
    _, gradient, _ = net.gradient(parameters, x, labels)
    copies = [array.copy() for array in (outputs, gradient, *activations)]
    for _ in range(2):
        net.gradient(parameters, -x, labels)
        net.forward(parameters, -x)
    for array, copy in zip((outputs, gradient, *activations), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_loss_may_run_the_network_itself():
    net = network.default(2, 3, size=(12, 16))
    parameters, rng = net.initial(0), np.random.default_rng(0)
    x = rng.standard_normal((40, *net.input_shape), dtype=np.float32)
    labels = rng.integers(3, size=40)

    def curious(outputs, target):
        net.gradient(parameters, x, labels)
        return network.cross_entropy(outputs, target)

    np.testing.assert_array_equal(
        net.gradient(parameters, x, labels, curious)[1], net.gradient(parameters, x, labels)[1]
    )
