"""What is said of a queue."""

from pathlib import Path

import pytest

from ui.analysis.entries import Entry, problems, span_text, state_text, whole_part, whole_text

A, B = Path("/clips/a.mp4"), Path("/clips/b.mp4")


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (Entry(A), "waiting"),
        (Entry(A, state="running"), "preparing …"),
        (Entry(A, state="running", message="reading the file …"), "reading the file …"),
        (Entry(A, state="running", done=3, total=90), "3 of 90"),
        (Entry(A, state="running", done=30, total=90, fresh=20, elapsed_s=2.0), "30 of 90 · 10/s · 0:06 left"),
        (Entry(A, state="done"), "done"),
        (Entry(A, state="done", message="was complete already"), "done: was complete already"),
        (Entry(A, state="stopped"), "cancelled"),
        (Entry(A, state="failed", message="no video"), "failed"),
    ],
)
def test_a_file_says_how_far_it_is(entry, text):
    assert state_text(entry) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3661, "1:01:01"), (-3, "0:00")]
)
def test_spans_of_time_are_read_as_people_write_them(seconds, text):
    assert span_text(seconds) == text


def test_files_weigh_as_much_as_they_are_large():
    entries = [Entry(A, 300, "done"), Entry(B, 100, "running", done=5, total=10)]
    assert whole_part(entries) == pytest.approx(350 / 400)
    assert whole_part([]) == 0.0
    assert whole_part([Entry(A), Entry(B, state="failed")]) == 0.5


def test_the_queue_says_how_far_it_is_and_how_it_ended():
    running = [Entry(A, 1, "done"), Entry(B, 1, "running", done=5, total=10)]
    assert whole_text(running, 9.0, None, running=True) == "1 of 2 files · 75 %"
    assert whole_text(running, 9.0, 3.2, running=True) == "1 of 2 files · 75 % · about 0:03 left"
    ended = [Entry(A, 1, "done"), Entry(B, 1, "failed"), Entry(B, 1, "stopped")]
    assert whole_text(ended, 61.0, None, running=False) == "1 done, 1 cancelled, 1 failed · 1:01"
    assert whole_text([Entry(A)], 0.0, None, running=False) == "1 file"
    assert whole_text([], 0.0, None, running=False) == ""


def test_what_failed_is_listed_by_name():
    entries = [Entry(A, state="failed", message=f"{A} is no video."), Entry(B, state="failed", message="Disk full.")]
    assert problems(entries) == "a.mp4 is no video.\nb.mp4: Disk full."
    assert problems([Entry(A, state="done")]) == ""


def test_the_table_is_found_among_what_was_written():
    assert Entry(A, files=(Path("a_motion.mp4"), Path("a_motion.csv"))).table == Path("a_motion.csv")
    assert Entry(A).table is None
