"""What holds in every lab: it opens, stands, steps, is reset, is written large, and leaves nothing behind."""

import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from motionapp.labs import LABS
from motionapp.scenes import SceneSource
from ui.actions import BY_ID, LAB_COMMANDS
from ui.actions import LABS as COMMANDS_OF_LABS
from ui.labs.catalogue import ENTRIES
from ui.labs.window import PROJECTOR

from .conftest import COMPILED_MS, settle

ROOT = Path(__file__).parents[3]


def lab_threads():
    return [thread.name for thread in threading.enumerate() if thread.name in ("lab", "lab player")]


def test_the_menu_the_catalogue_and_the_scripts_know_the_same_labs():
    assert list(COMMANDS_OF_LABS.values()) == [entry.id for entry in ENTRIES] == list(LABS)
    for command, lab in COMMANDS_OF_LABS.items():
        title = next(entry.title for entry in ENTRIES if entry.id == lab)
        assert BY_ID[command].label == title


def test_the_main_window_imports_nothing_of_the_labs():
    code = (
        "import sys, ui.main_window, ui.app;"
        "print([name for name in sys.modules if name.startswith(('ui.labs.', 'motionapp.labs', 'motionapp.lectures'))])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert found.stdout.strip() == "[]", found.stdout + found.stderr


@pytest.mark.parametrize("name", LABS)
def test_every_lab_opens_steps_is_reset_and_keeps_what_it_holds(qtbot, lab_window, show, name):
    lab = show(name)
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    state = lab.state()
    for _ in range(3):
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab.state() == state
    again = type(lab)()
    again.set_state(state)
    assert again.state() == state
    again.deleteLater()
    with pytest.raises(ValueError, match=r"^nonsense\b"):
        lab.set_state({"nonsense": 1})


@pytest.mark.parametrize(
    ("name", "changed", "after"),
    [
        ("filters", {"page": "picture", "preset": "box", "size": 5}, {"page": "picture"}),
        ("filters", {"page": "linearity", "a": 1.5}, {"page": "linearity"}),
        ("pyramids", {"page": "coring", "sigma": 0.2}, {"page": "coring"}),
        ("steerable", {"page": "bands", "directions": 6}, {"page": "bands"}),
        ("magnify", {"alpha": 3.0, "cut": "row"}, {}),
        ("descent", {"page": "field", "alpha": 3.0}, {"page": "field"}),
        ("network", {"page": "neuron", "w1": 3.0}, {"page": "neuron"}),
        ("network", {"page": "points", "rate": "0.1"}, {"page": "points", "rate": "0.1"}),
        ("descents", {"step": 0.8}, {"step": 0.8}),
    ],
)
def test_reset_takes_the_defaults_on_its_page_but_what_learns_begins_anew_with_what_is_set(
    qtbot, lab_window, show, name, changed, after
):
    lab = show(name, **changed)
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab.parameters == replace(type(lab).Parameters(), **after)


def pages_of(lab):
    """Return the names of the pages of a lab, or one None for one without pages."""
    return [name for name, _, _ in getattr(lab, "PAGES", ())] or [None]


def cut_buttons(window):
    """Return the texts of the buttons that are narrower than their text or reach out of the window."""
    inside = [button for button in window.findChildren(QToolButton) if button.isVisible()]
    return [
        button.text()
        for button in inside
        if button.width() < button.sizeHint().width()
        or not window.rect().contains(button.mapTo(window, button.rect().bottomRight()))
    ]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
@pytest.mark.parametrize("name", LABS)
def test_every_lab_is_written_large_for_the_back_row_and_fits(qtbot, lab_window, show, name, width, height):
    lab = show(name)
    lab_window.resize(width, height)
    size = lab.font().pointSizeF()
    lab_window.commands["projector"].trigger()
    settle(qtbot, lab_window)
    assert lab.type_scale == PROJECTOR
    assert lab.font().pointSizeF() == pytest.approx(size * PROJECTOR)
    for page in pages_of(lab):
        if page is not None:
            lab.pages.buttons[page].click()
            settle(qtbot, lab_window)
        assert lab_window.minimumSizeHint().width() <= width
        assert lab_window.minimumSizeHint().height() <= height
        assert (lab_window.width(), lab_window.height()) == (width, height)
        qtbot.waitUntil(lambda: cut_buttons(lab_window) == [])
    lab_window.commands["projector"].trigger()
    assert lab.type_scale == 1.0
    assert lab_window.minimumSizeHint().width() <= 1280
    assert lab_window.minimumSizeHint().height() <= 720


def test_a_lab_without_a_source_opens_on_a_scene_and_plays_it(qtbot, lab_window):
    lab_window.bench.feed.follow()
    lab_window.show_lab("filters")
    seen = []
    lab_window.bench.shown.connect(lambda job: seen.append(job.view.frame.index))
    qtbot.waitUntil(lambda: len(seen) > 3, timeout=COMPILED_MS)
    assert seen[-1] > seen[0]
    assert lab_window.bench.feed.uri == "scene:moving-arm"


def test_freezing_stands_and_steps_go_on_by_single_pictures(qtbot, lab_window, show):
    show("filters", frame=20)
    assert lab_window.commands["freeze"].isChecked()
    lab_window.commands["step"].trigger()
    qtbot.waitUntil(lambda: lab_window.bench.feed.view.frame.index == 21)
    lab_window.commands["freeze"].trigger()
    qtbot.waitUntil(lambda: lab_window.bench.feed.view.frame.index > 24, timeout=10_000)
    lab_window.commands["freeze"].trigger()
    settle(qtbot, lab_window)
    assert lab_window.commands["freeze"].isChecked()


def test_a_lab_is_found_as_it_was_left(qtbot, lab_window, show):
    show("filters", preset="box", size=7)
    lab_window.head.lab_chosen.emit("descent")
    settle(qtbot, lab_window)
    lab_window.head.lab_chosen.emit("filters")
    settle(qtbot, lab_window)
    assert lab_window.bench.parameters.preset == "box"
    assert lab_window.bench.parameters.size == 7
    assert lab_window.head.labs.currentData() == "filters"


def test_every_command_of_the_window_has_its_key_and_none_twice(lab_window):
    keys = [key for command in LAB_COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert all(command.keys for command in LAB_COMMANDS)


def test_keys_work_after_a_number_was_touched(qtbot, lab_window, show):
    show("filters")
    lab_window.activateWindow()
    qtbot.waitUntil(lab_window.isActiveWindow)
    lab_window.bench.form.controls["size"].box.setFocus()
    qtbot.keyClick(lab_window.bench.form.controls["size"].box, Qt.Key.Key_P)
    assert lab_window.type_scale == PROJECTOR
    qtbot.keyClick(lab_window.bench.form.controls["size"].box, Qt.Key.Key_Space)
    assert not lab_window.commands["freeze"].isChecked()


def test_a_result_that_cannot_be_computed_is_a_banner_and_the_lab_goes_on(qtbot, lab_window, show, monkeypatch):
    lab = show("filters")

    def fail(view, parameters):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(lab, "compute", fail)
    lab_window.commands["step"].trigger()
    qtbot.waitUntil(lambda: len(lab_window.banners.banners) == 1)
    failure = lab_window.banners.banners[0].failure
    assert failure.message == "Filters could not be computed: by nothing"
    assert "ZeroDivisionError" in failure.detail
    monkeypatch.undo()
    lab_window.banners.clear()
    lab_window.commands["step"].trigger()
    settle(qtbot, lab_window)


def test_a_source_that_cannot_be_read_is_a_banner(qtbot, lab_window, tmp_path):
    lab_window.show_lab("filters")
    lab_window.bench.feed.open(str(tmp_path / "nothing.mp4"))
    qtbot.waitUntil(lambda: len(lab_window.banners.banners) == 1)
    assert "does not exist" in lab_window.banners.banners[0].failure.message


def test_closing_either_window_stops_every_thread_of_the_labs(qtbot, window):
    window.commands["lab_filters"].trigger()
    qtbot.waitUntil(lambda: sorted(lab_threads()) == ["lab", "lab player"])
    window.labs.on_show.close()
    qtbot.waitUntil(lambda: lab_threads() == [])
    assert window.labs.on_show is None
    window.commands["lab_filters"].trigger()
    window.close()
    assert window.labs.on_show is None
    qtbot.waitUntil(lambda: lab_threads() == [])


def test_the_scene_that_plays_is_named_with_its_size(qtbot, lab_window, show):
    show("filters", frame=20)
    assert SceneSource("moving-arm").info.width == 640
    assert lab_window.head._source.text() == "the scene moving-arm  ·  640×480  ·  frame 21"


def test_a_lab_without_pictures_names_none(qtbot, lab_window, show):
    show("filters", frame=20)
    lab_window.show_lab("network")
    settle(qtbot, lab_window)
    assert lab_window.head._below.text() == ""
    lab_window.show_lab("filters")
    settle(qtbot, lab_window)
    assert lab_window.head._below.text() == "the scene moving-arm  ·  640×480  ·  frame 21"


def test_a_lab_of_two_frames_says_where_there_is_only_one(qtbot, lab_window, show):
    show("descent", frame=0)
    assert lab_window.head._below.text().endswith("frame 1  ·  no frame before it: nothing is known of motion")
    lab_window.bench.feed.step()
    qtbot.waitUntil(lambda: lab_window.head._below.text().endswith("frame 2"))


@pytest.mark.parametrize(
    ("name", "key", "value", "allowed"),
    [
        ("filters", "place", [5, "a"], "two numbers from 0 to 1"),
        ("filters", "steps", 99, "a whole number from 0 to 9"),
        ("pyramids", "place", [5, 0], "two numbers from 0 to 1"),
        ("pyramids", "rounds", -1, "a whole number from 0 to 10"),
        ("steerable", "place", 3, "two numbers from 0 to 1"),
        ("magnify", "place", [0.5], "two numbers from 0 to 1"),
        ("descent", "start", [99, 0], "two numbers from −16 to 16"),
        ("descent", "point", "x", "a whole number from 0 to 100000"),
        ("network", "inputs", [9, 9], "two numbers from −3 to 3"),
        ("network", "points", 1, "rows of x and y from −1 to 1 and class, 1 or 2"),
    ],
)
def test_an_impossible_state_is_refused_with_what_is_possible(qtbot, lab_window, show, name, key, value, allowed):
    lab = show(name)
    with pytest.raises(ValueError, match=f"^{re.escape(f'{key} cannot be {value}; it is {allowed}')}$"):
        lab.set_state({key: value})
