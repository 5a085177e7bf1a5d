import numpy as np
import pytest

from motionapp.analysis.journal import Journal


def solved(seed, shape=(5, 7)):
    values = np.random.default_rng(seed).random((3, *shape), np.float32)
    return values[:2], values[2]


def filled(path, count=4):
    journal = Journal(path)
    journal.append(10, None)
    for position in range(11, 10 + count):
        journal.append(position, solved(position))
    journal.close()
    return path


def taken(path, first=10):
    """Return the positions that are there, each compared with what was put in."""
    journal, position = Journal(path), first
    while found := journal.take(position):
        if position == 10:
            assert found == (None,)
        else:
            for part, expected in zip(found[0], solved(position), strict=True):
                assert part.dtype == np.float32
                assert np.array_equal(part, expected)
        position += 1
    journal.close()
    return position - first


def test_what_was_appended_is_taken_again_in_order(tmp_path):
    assert taken(filled(tmp_path / "journal", 6)) == 6


def test_it_goes_on_after_what_was_taken(tmp_path):
    path = filled(tmp_path / "journal", 2)
    journal = Journal(path)
    assert journal.take(10) == (None,)
    assert journal.take(11) is not None
    assert journal.take(12) is None
    journal.append(12, solved(12))
    assert journal.take(13) is None
    journal.close()
    assert taken(path) == 3


def test_cut_off_at_any_byte_it_keeps_the_whole_records(tmp_path):
    whole = filled(tmp_path / "whole", 3).read_bytes()
    record = (len(whole) - len(b"motion journal 1\n") - 24) // 2
    for size in range(len(whole)):
        path = tmp_path / "cut"
        path.write_bytes(whole[:size])
        after_first = size - 17 - 24
        assert taken(path) == (0 if after_first < 0 else 1 + after_first // record)


@pytest.mark.parametrize("at", [20, 45, 60, 200])
def test_a_damaged_record_and_what_follows_is_not_believed(tmp_path, at):
    path = filled(tmp_path / "journal", 4)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))
    assert taken(path) < 4


def test_records_of_other_positions_are_dropped(tmp_path):
    path = filled(tmp_path / "journal", 4)
    assert taken(path, first=11) == 0
    assert path.stat().st_size == len(b"motion journal 1\n")


def test_a_file_that_is_no_journal_is_begun_anew(tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(b"something else, and long enough")
    assert taken(path) == 0


def test_a_lying_size_takes_no_memory(tmp_path):
    path = filled(tmp_path / "journal", 1)
    with path.open("ab") as file:
        file.write((11).to_bytes(8, "little") + (1).to_bytes(4, "little") + b"\xff" * 12)
    assert taken(path) == 1
