import threading
import time

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from kernels import bands

WAIT_S = 20


class Recording:
    """A core that notes the bands it was given and the threads it ran on."""

    def __init__(self):
        self.calls = []
        self.threads = set()

    def __call__(self, out, y0, y1):
        self.calls.append((y0, y1))
        self.threads.add(threading.get_ident())
        out[y0:y1] += 1


@hypothesis.given(st.integers(1, 2000), st.integers(1, 16))
def test_rows_are_cut_without_gap_or_overlap_into_nearly_equal_bands(height, count):
    cut = bands.rows(height, count)
    assert len(cut) == min(height, count)
    assert [y for band in cut for y in range(*band)] == list(range(height))
    heights = [y1 - y0 for y0, y1 in cut]
    assert max(heights) - min(heights) <= 1


@pytest.mark.parametrize("count", [1, 2, 4, 7])
@pytest.mark.parametrize("height", [1, 3, 200])
def test_every_row_is_visited_exactly_once(height, count, set_workers):
    set_workers(count)
    core, out = Recording(), np.zeros((height, 500))
    bands.run(core, out, height=height, width=500)
    assert len(core.calls) == min(height, count)
    np.testing.assert_array_equal(out, 1)


def test_one_worker_stays_on_the_calling_thread(set_workers):
    set_workers(1)
    core = Recording()
    bands.run(core, np.zeros((300, 300)), height=300, width=300)
    assert core.threads == {threading.get_ident()}


def test_the_calling_thread_takes_a_band_itself(set_workers):
    set_workers(3)
    core = Recording()
    bands.run(core, np.zeros((300, 300)), height=300, width=300)
    assert threading.get_ident() in core.threads


def test_small_pictures_are_not_worth_a_second_thread(set_workers, monkeypatch):
    set_workers(4)
    monkeypatch.setattr(bands, "SMALLEST_SHARED_PIXELS", 20_000)
    small, large = Recording(), Recording()
    bands.run(small, np.zeros((100, 199)), height=100, width=199)
    bands.run(large, np.zeros((100, 200)), height=100, width=200)
    assert len(small.calls) == 1
    assert len(large.calls) == 4


@pytest.mark.parametrize("failing_row", [0, 150, 299])
def test_an_exception_in_any_band_reaches_the_caller_after_all_bands_are_done(failing_row, set_workers):
    set_workers(4)
    done = []

    def core(y0, y1):
        if y0 <= failing_row < y1:
            raise ArithmeticError(f"row {failing_row}")
        done.append((y0, y1))

    with pytest.raises(ArithmeticError, match=f"row {failing_row}"):
        bands.run(core, height=300, width=300)
    assert len(done) == 3


def test_two_threads_may_run_cores_at_once(set_workers):
    set_workers(2)
    outs = [np.zeros((200, 200)) for _ in range(4)]

    def work(out):
        for _ in range(50):
            bands.run(Recording(), out, height=200, width=200)

    threads = [threading.Thread(target=work, args=(out,)) for out in outs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
        assert not thread.is_alive()
    for out in outs:
        np.testing.assert_array_equal(out, 50)


def test_bands_really_run_side_by_side(set_workers):
    set_workers(2)
    meeting = threading.Barrier(2)
    bands.run(lambda y0, y1: meeting.wait(WAIT_S), height=300, width=300)
    assert not meeting.broken


@pytest.mark.parametrize("count", [0, -1])
def test_the_number_of_workers_must_be_positive(count):
    before = bands.workers()
    with pytest.raises(ValueError, match=f"workers must be 1 or more, got {count}"):
        bands.set_workers(count)
    assert bands.workers() == before


def test_workers_are_at_least_one_and_can_be_set(set_workers):
    assert bands.workers() >= 1
    set_workers(3)
    assert bands.workers() == 3


class Meeting:
    """A core whose bands wait for one another, as compiled ones do."""

    def __init__(self):
        self.calls = []
        self.lock = threading.Lock()

    def __call__(self, out, counter, members, y0, y1):
        with self.lock:
            self.calls.append((members, y0, y1))
            counter[0] += 1
        deadline = time.monotonic() + WAIT_S
        while counter[0] < members:
            assert time.monotonic() < deadline
        out[y0:y1] += 1


@pytest.mark.parametrize("count", [1, 2, 4])
def test_bands_that_wait_for_one_another_all_run_at_once(count, set_workers):
    set_workers(count)
    core, out = Meeting(), np.zeros((200, 500))
    bands.run_together(core, out, height=200, width=500)
    assert sorted(core.calls) == [(count, *band) for band in bands.rows(200, count)]
    np.testing.assert_array_equal(out, 1)


def test_small_pictures_and_single_rows_stay_on_the_calling_thread(set_workers, monkeypatch):
    set_workers(4)
    monkeypatch.setattr(bands, "SMALLEST_TOGETHER_PIXELS", 20_000)
    for height, width in ((100, 199), (1, 40_000)):
        core = Meeting()
        bands.run_together(core, np.zeros((height, width)), height=height, width=width)
        assert core.calls == [(1, 0, height)]


def test_a_second_call_meanwhile_works_alone(set_workers):
    set_workers(4)
    inner = Meeting()

    def outer(counter, members, y0, y1):
        if y0 == 0:
            bands.run_together(inner, np.zeros((300, 300)), height=300, width=300)

    bands.run_together(outer, height=300, width=300)
    assert inner.calls == [(1, 0, 300)]
    bands.run_together(core := Meeting(), np.zeros((300, 300)), height=300, width=300)
    assert len(core.calls) == 4


def test_when_a_band_cannot_start_the_others_do_not_wait_for_it(set_workers, monkeypatch):
    set_workers(3)
    waited = []

    class Pool:
        """Takes one band and then no more, as a pool that is shut down."""

        def __init__(self):
            self.threads = []

        def submit(self, core, *arguments):
            if self.threads:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self.threads.append(threading.Thread(target=core, args=arguments))
            self.threads[0].start()
            return self

        def result(self):
            self.threads[0].join(WAIT_S)
            waited.append(not self.threads[0].is_alive())

    pool = Pool()
    monkeypatch.setattr(bands, "_the_pool", lambda: pool)
    with pytest.raises(RuntimeError, match="shutdown"):
        bands.run_together(Meeting(), np.zeros((300, 300)), height=300, width=300)
    assert waited == [True]
    monkeypatch.undo()
    bands.run_together(core := Meeting(), np.zeros((300, 300)), height=300, width=300)
    assert len(core.calls) == 3
