import threading

import pytest

from motionapp.analysis.beside import Ahead, Behind, Clocks


def test_items_made_ahead_come_in_order():
    ahead = Ahead(iter(range(100)), 3)
    assert list(ahead) == list(range(100))
    ahead.close()


def test_an_error_ahead_is_raised_where_the_items_are_used():
    def items():
        yield 1
        raise OSError("gone")

    ahead = Ahead(items(), 3)
    with pytest.raises(OSError, match="gone"):
        list(ahead)
    ahead.close()


def test_making_ahead_can_be_ended_while_it_waits_for_room():
    made = []

    def items():
        for number in range(1000):
            made.append(number)
            yield number

    ahead = Ahead(items(), 2)
    assert next(iter(ahead)) == 0
    ahead.close()
    ahead.close()
    assert len(made) < 20


def test_what_is_left_behind_is_done_in_order_with_so_many_waiting_at_most():
    done, go, behind = [], threading.Event(), Behind(2)
    behind.do(go.wait, 20)
    behind.do(done.append, 1)
    late = threading.Thread(target=behind.do, args=(done.append, 2))
    late.start()
    assert late.is_alive()
    go.set()
    late.join(20)
    behind.finish()
    assert done == [1, 2]


def test_after_an_error_behind_nothing_more_is_done():
    done, go, behind = [], threading.Event(), Behind(5)
    behind.do(lambda: 1 / (not go.wait(20)))
    behind.do(done.append, 1)
    go.set()
    with pytest.raises(ZeroDivisionError):
        behind.finish()
    assert done == []


def test_an_error_behind_is_raised_by_what_is_to_be_done_next():
    behind = Behind(1)  # has room for the next only when the first has failed
    behind.do(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        behind.do(lambda: None)
    with pytest.raises(ZeroDivisionError):
        behind.finish()


def test_clocks_add_up_by_kind():
    clocks = Clocks()
    for _ in range(2):
        with clocks.of("reading"), clocks.of("all"):
            pass
    assert set(clocks.seconds) == {"reading", "all"}
    assert 0 <= clocks.seconds["all"] <= clocks.seconds["reading"]
