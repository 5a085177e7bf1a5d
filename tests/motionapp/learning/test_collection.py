"""A collection of samples: grows, takes back what came last, and says what has no room."""

import pytest

from motionapp.learning import samples as samples_module
from motionapp.learning.collection import Collection
from motionapp.learning.samples import Samples

from .motions import SMALL, recording, two_motions


def ids(collection):
    return [one.id for one in collection.samples.recordings]


def test_what_was_added_together_is_taken_back_together_last_first():
    kept = Collection(Samples(SMALL))
    kept.add([recording("right", id="a"), recording("down", id="b")])
    kept.add([recording("down", id="c")])
    assert kept.samples.classes == ("right", "down")
    assert [kept.undo(), ids(kept)] == [True, ["a", "b"]]
    assert [kept.undo(), ids(kept)] == [True, []]
    assert not kept.undo()


def test_what_is_gone_already_is_passed_over_by_undo():
    kept = Collection(Samples(SMALL))
    kept.add([recording("right", id="a")])
    kept.add([recording("right", id="b")])
    kept.change(kept.samples.without_recording("b"))
    assert kept.undo()
    assert ids(kept) == []


def test_what_has_no_room_is_named_and_the_rest_is_added(monkeypatch):
    first, second = recording("right", id="a"), recording("down", 40, id="b")
    monkeypatch.setattr(samples_module, "MOST_BYTES", first.maps.nbytes)
    kept = Collection(Samples(SMALL))
    assert [problem.startswith("test is left out: ") for problem in kept.add([first, second])] == [True]
    assert ids(kept) == ["a"]


def test_samples_that_do_not_fit_their_settings_are_refused():
    kept = Collection(two_motions())
    before = kept.samples
    wrong = Samples(SMALL.__class__(), before.classes, before.recordings)
    with pytest.raises(ValueError, match=r"maps|shape|rows"):
        kept.change(wrong)
    assert kept.samples is before


def test_counts_and_advice_follow_the_samples():
    kept = Collection(Samples(SMALL).with_class("right"))
    counts, lacking = kept.judged()
    assert counts == {"right": 0}
    assert "“right” has no sample yet." in lacking
    kept.add([recording("right", 60)])
    assert kept.judged()[0]["right"] > 0


def test_what_is_brought_takes_the_place_of_empty_classes_that_nobody_named():
    kept = Collection(Samples(SMALL, ("Class 1", "Class 2", "mine")))
    assert kept.bring([recording("right"), recording("class 2", 30, 1)]) == []
    assert kept.samples.classes == ("Class 2", "mine", "right")
    assert kept.undo()
    assert kept.samples.classes == ("Class 1", "Class 2", "mine")
    kept.bring([recording("right")], busy="Class 1")
    assert kept.samples.classes == ("Class 1", "mine", "right")
    assert kept.bring([]) == []
    assert kept.samples.classes == ("Class 1", "mine", "right")


def test_undoing_keeps_a_class_that_has_got_other_recordings_since():
    kept = Collection(Samples(SMALL, ("Class 1", "Class 2")))
    kept.bring([recording("right"), recording("down")])
    again = recording("right", 30, 7)
    kept.change(kept.samples.with_recording(again))
    assert kept.undo()
    assert kept.samples.classes == ("Class 1", "Class 2", "right")
    assert kept.samples.recordings == (again,)
