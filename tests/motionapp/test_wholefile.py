"""Files that appear whole or not at all."""

import os

import pytest

from motionapp.types import MotionError
from motionapp.wholefile import write_whole


def test_an_error_while_writing_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def broken(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, broken, overwrite=True)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.bin"]


def test_what_a_killed_process_left_is_taken_away_after_some_time_and_other_files_are_not(tmp_path):
    names = (".a.bin.0123abcd.part", ".a.bin.fresh000.part", ".b.bin.0123abcd.part", "a.bin.0123abcd.part")
    for name in names:
        (tmp_path / name).write_bytes(b"half")
        if "fresh" not in name:
            os.utime(tmp_path / name, (0, 0))
    write_whole(tmp_path / "a.bin", lambda file: file.write(b"new"), overwrite=False)
    assert {one.name for one in tmp_path.iterdir()} == {"a.bin", *names[1:]}


def test_a_folder_that_is_not_there_or_in_the_way_is_told(tmp_path):
    for path in (tmp_path / "absent" / "a.bin", tmp_path):
        with pytest.raises(MotionError, match=path.name):
            write_whole(path, lambda file: file.write(b"new"), overwrite=True)
