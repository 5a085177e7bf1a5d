"""Frames with their predecessors, whatever order they are asked for in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.pairs import KEPT_FRAMES, Pairs
from motionapp.sources import SourceError

from .fakes import FakeSource


def indices(pair):
    previous, frame = pair
    return (None if previous is None else previous.index), frame.index


def test_forwards_every_frame_is_read_once_and_nothing_is_sought():
    reads = []
    source = FakeSource(50, before_read=reads.append)
    pairs = Pairs(source)
    assert [indices(pairs.read(n)) for n in range(50)] == [(None, 0)] + [(n - 1, n) for n in range(1, 50)]
    assert reads == list(range(50))
    assert source.seeks == []


def test_frames_passed_over_are_read_not_sought():
    source = FakeSource(50)
    pairs = Pairs(source)
    assert [indices(pairs.read(n)) for n in (0, 4, 9)] == [(None, 0), (3, 4), (8, 9)]
    assert source.seeks == []


def test_backwards_blocks_are_decoded_so_that_seeks_are_few():
    source = FakeSource(100)
    pairs = Pairs(source)
    pairs.read(99)
    assert [indices(pairs.read(n)) for n in range(98, -1, -1)] == [(n - 1, n) for n in range(98, 0, -1)] + [(None, 0)]
    assert len(source.seeks) <= 2 + 100 // (KEPT_FRAMES - 2)


def test_memory_is_bounded_when_play_turns_round():
    pairs = Pairs(FakeSource(100))
    for index in (99, 98, 97, 96, 97, 98):
        pairs.read(index)
    assert len(pairs._kept) <= 2


def test_past_the_end_there_is_nothing_and_before_it_everything_still():
    pairs = Pairs(FakeSource(10))
    assert pairs.read(40) is None
    assert indices(pairs.read(9)) == (8, 9)


def test_a_frame_that_cannot_be_decoded_is_replaced_by_the_next_and_no_motion_leads_over_the_gap():
    class Damaged(FakeSource):
        def read(self):
            while self._next in (4, 5):
                self._next += 1
            return super().read()

    for order in (range(10), range(9, -1, -1), (9, 4, 0, 5, 6, 3)):
        pairs = Pairs(Damaged(10))
        for index in order:
            expected = {0: (None, 0), 4: (None, 6), 5: (None, 6), 6: (None, 6)}.get(index, (index - 1, index))
            assert indices(pairs.read(index)) == expected


def test_after_an_error_reading_begins_anew():
    fails = iter([False, True, False, False, False])

    def flaky(index):
        if next(fails):
            raise SourceError("hiccup")

    pairs = Pairs(FakeSource(10, before_read=flaky))
    assert indices(pairs.read(0)) == (None, 0)
    with pytest.raises(SourceError):
        pairs.read(1)
    assert indices(pairs.read(1)) == (0, 1)


@given(st.lists(st.integers(0, 44), max_size=40))
def test_any_order_gives_the_frame_asked_for_and_the_one_before(order):
    pairs = Pairs(FakeSource(40))
    for index in order:
        pair = pairs.read(index)
        if index >= 40:
            assert pair is None
        else:
            assert indices(pair) == ((index - 1) if index else None, index)
