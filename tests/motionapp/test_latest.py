"""The mailbox between two threads: newest wins, nothing grows, nothing is lost from the count."""

import threading
import time

from motionapp.latest import Latest


def test_the_newest_value_wins_and_the_others_are_counted():
    box = Latest()
    for value in range(5):
        box.put(value)
    assert box.take() == 4
    assert box.take() is None
    assert box.counts == (5, 4)


def test_a_value_taken_is_not_counted_as_dropped():
    box = Latest()
    for value in range(5):
        box.put(value)
        assert box.take() == value
    assert box.counts == (5, 0)


def test_taking_waits_for_a_value_from_another_thread():
    box = Latest()
    threading.Timer(0.02, box.put, [7]).start()
    assert box.take(10.0) == 7


def test_taking_gives_up_after_its_time():
    began = time.monotonic()
    assert Latest().take(0.02) is None
    assert time.monotonic() - began < 5.0


def test_close_wakes_every_reader_and_ends_the_box():
    box, got = Latest(), []
    readers = [threading.Thread(target=lambda: got.append(box.take(None))) for _ in range(3)]
    for reader in readers:
        reader.start()
    box.close()
    for reader in readers:
        reader.join(10.0)
    assert got == [None, None, None]
    box.put(1)
    assert box.take() is None
    assert box.closed
    assert box.counts == (0, 0)


def test_many_threads_lose_no_value_uncounted():
    box, taken = Latest(), []
    done = threading.Event()

    def read():
        while not (done.is_set() and box.counts[0] - box.counts[1] == len(taken)):
            if box.take(0.01) is not None:
                taken.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    writers = [threading.Thread(target=lambda: [box.put(n) for n in range(1, 501)]) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join(10.0)
    put, dropped = box.counts
    assert put == 2000
    assert put == dropped + len(taken)
