"""The Analyse dialog from opening to results, with an analyser that does what the test says."""

import shlex

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from motionapp.analysis.recipe import Recipe
from motionapp.settings import PRESETS
from ui.analysis.desk import Desk, Wishes, marks_text
from ui.analysis.marks import Marks, ScaleLine

BOX = ((1.0, 2.0), (30.0, 20.0))


@pytest.fixture
def desk(qtbot, window, analyser, clips) -> Desk:
    """The desk of a window that shows a video."""
    made = window.analysis.desk
    made.runner.make_analyser = analyser.make
    window.open(str(clips[0]))
    qtbot.waitUntil(lambda: window.analysis.uri == str(clips[0]))
    yield made
    made.runner.cancel()
    qtbot.waitUntil(lambda: not made.runner.running)


def test_the_key_opens_the_dialog_with_the_file_on_show(qtbot, window, desk, clips):
    QTest.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert desk.dialog.isVisible()
    assert [entry.path for entry in desk.runner.entries] == clips[:1]
    assert desk.dialog.queue.topLevelItem(0).text(0) == "clip.mp4"
    assert desk.dialog.start.isEnabled()
    assert not desk.dialog.show_table.isEnabled()


def test_from_start_to_results(qtbot, window, desk, analyser, clips, sessions):
    window.commands["analyse"].trigger()
    dialog = desk.dialog
    desk.add(clips[1:])
    dialog.start.click()
    qtbot.waitUntil(lambda: dialog.queue.topLevelItem(0).text(1).startswith("30 of 60"))
    assert dialog.cancel.isVisible()
    assert not dialog.form.isEnabled()
    assert window.analysis.button.text().startswith("Analysing ")
    analyser.go_on.set()
    qtbot.waitUntil(dialog.show_table.isEnabled)
    qtbot.waitUntil(lambda: not desk.runner.running)
    assert dialog.whole.text().startswith("3 done")
    assert dialog.cancel.isHidden()
    dialog.show_table.click()
    qtbot.waitUntil(lambda: window.analysis.results.view.results is not None)
    assert window.analysis.results.view.results.path == clips[0].with_name("clip_motion.csv")
    assert len(sessions.made) == 1  # the video was open already


def test_cancel_leaves_the_queue_to_go_on_with(qtbot, window, desk, analyser):
    window.commands["analyse"].trigger()
    desk.dialog.start.click()
    qtbot.waitUntil(lambda: desk.dialog.queue.topLevelItem(0).text(1).startswith("30 of 60"))
    desk.dialog.cancel.click()
    qtbot.waitUntil(lambda: desk.dialog.queue.topLevelItem(0).text(1) == "cancelled", timeout=1000)
    qtbot.waitUntil(desk.dialog.start.isVisible)


def test_what_failed_is_listed_in_the_dialog(qtbot, window, desk, analyser, clips, messages):
    analyser.failing = {"clip.mp4": f"{clips[0]} is no video."}
    analyser.go_on.set()
    window.commands["analyse"].trigger()
    desk.dialog.start.click()
    qtbot.waitUntil(desk.dialog.message.isVisible)
    assert desk.dialog.message.text() == "clip.mp4 is no video."
    assert messages() == []


def test_a_run_goes_on_when_the_dialog_is_closed_and_tells_how_it_ended(qtbot, window, desk, analyser, messages):
    analyser.failing = {"clip.mp4": "Disk full."}
    window.commands["analyse"].trigger()
    desk.dialog.start.click()
    qtbot.waitUntil(lambda: desk.runner.running)
    desk.dialog.close_dialog.click()
    assert desk.runner.running
    analyser.go_on.set()
    qtbot.waitUntil(lambda: bool(messages()))
    assert "clip.mp4: Disk full." in messages()[0]
    window.analysis.button.click()
    assert desk.dialog.isVisible()


def test_each_file_has_its_own_regions_and_scale(window, desk, clips):
    markup = window.analysis.markup
    window.commands["analyse"].trigger()
    desk.add(clips[1:2])
    assert desk.dialog.form.said.text() == "The whole picture, in px/s"
    markup.change(Marks(line=ScaleLine((0.0, 0.0), (0.0, 50.0), 100.0)).with_region(BOX))
    assert desk.dialog.form.said.text() == "1 of 2 files have regions of their own"
    assert desk.recipe_of(clips[0]).mm_per_px == 2.0
    assert desk.recipe_of(clips[0]).regions == markup.marks.regions
    assert desk.recipe_of(clips[1]).regions == ()
    choose(desk.dialog.form.marks, "shown")
    assert desk.recipe_of(clips[1]).regions == markup.marks.regions
    assert desk.dialog.form.said.text() == "Region 1 · 1 px is 2 mm"
    choose(desk.dialog.form.marks, "none")
    assert desk.recipe_of(clips[0]).regions == ()


def test_draw_leads_to_the_panel_of_regions(window, desk):
    window.commands["analyse"].trigger()
    desk.dialog.form.draw.click()
    assert window.analysis.markup.panel.isVisible()


def choose(box, value):
    box.setCurrentIndex(box.findData(value))


def test_what_is_chosen_is_in_the_recipe_and_kept_for_the_next_time(window, desk, preferences, tmp_path, clips):
    window.commands["analyse"].trigger()
    form = desk.dialog.form
    choose(form.quality, "accurate")
    choose(form.camera, "affine")
    choose(form.video, "heat")
    choose(form.fields, "h5")
    form.plots.setChecked(False)
    form.beside.setChecked(True)
    form.step.setValue(3)
    form.end.setValue(1.5)
    form.folder_chosen.emit(tmp_path / "out")
    recipe = desk.recipe_of(clips[0])
    assert (recipe.flow, recipe.camera, recipe.video, recipe.fields) == (PRESETS["accurate"], "affine", "heat", "h5")
    assert (recipe.plots, recipe.side_by_side, recipe.step, recipe.to_s) == (False, True, 3, 1.5)
    kept = Wishes.from_json(preferences.analysis)
    assert kept.folder == tmp_path / "out"
    assert kept.recipe.to_s is None
    assert kept.recipe.video == "heat"


def test_a_range_that_ends_before_it_starts_is_refused_in_words(window, desk):
    window.commands["analyse"].trigger()
    form = desk.dialog.form
    form.end.setValue(1.0)
    form.start.setValue(2.0)
    assert "ends before it starts" in desk.dialog.message.text()
    assert desk.wishes.recipe.from_s == 0.0


def test_marks_of_the_player_are_the_range_at_the_times_of_their_frames(qtbot, window, desk, sessions):
    sessions.last.set_range(15, 60)
    window.bridge.refresh()
    window.commands["analyse"].trigger()
    assert (desk.wishes.recipe.from_s, desk.wishes.recipe.to_s) == (0.75, 12.0)


def test_the_settings_of_the_window_can_be_those_of_the_run(window, desk, clips):
    window.commands["live"].trigger()
    window.change(window.settings.__class__(flow=PRESETS["live"].__class__(alpha=0.25)))
    window.commands["analyse"].trigger()
    choose(desk.dialog.form.quality, "custom")
    assert desk.recipe_of(clips[0]).flow.alpha == 0.25


def test_the_command_gives_the_same_run(window, desk, clips):
    window.analysis.markup.change(Marks().with_region(BOX))
    window.commands["analyse"].trigger()
    desk.add(clips[1:])
    desk.dialog.form.jobs_chosen.emit(2)
    desk.dialog.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2  # one file has a region, two have none
    words = shlex.split(lines[0])
    assert words[:3] == ["motionapp", "analyze", str(clips[0])]
    assert words[words.index("--roi") + 1] == "Region 1=1,2,29,18"
    assert words[-2:] == ["--jobs", "2"]
    assert [str(clip) in lines[1] for clip in clips] == [False, True, True]


def test_dropped_files_and_folders_of_videos_join_the_queue(window, desk, clips, tmp_path):
    (tmp_path / "notes.txt").touch()
    for name in ("clip_motion.mp4", "clip_motion.json"):
        (tmp_path / name).touch()
    window.commands["analyse"].trigger()
    desk.dialog.files_dropped.emit([tmp_path])
    assert sorted(entry.path for entry in desk.runner.entries) == sorted(clips)
    desk.dialog.queue.topLevelItem(1).setSelected(True)
    desk.dialog.remove.click()
    assert len(desk.runner.entries) == 2


def test_a_scene_is_no_file(window, open_source, sessions, qtbot):
    open_source("scene:zoom").show(1)
    qtbot.waitUntil(lambda: window.analysis.uri == "scene:zoom")
    window.commands["analyse"].trigger()
    assert window.analysis.desk.runner.entries == ()
    assert not window.analysis.desk.dialog.start.isEnabled()


def test_a_window_closed_while_it_analyses_ends_the_run(qtbot, window, desk):
    window.commands["analyse"].trigger()
    desk.dialog.start.click()
    qtbot.waitUntil(lambda: desk.runner.entries[0].done > 0)
    window.close()
    assert not window.unfinished
    assert not desk.runner.running


@pytest.mark.parametrize("text", ["", "{}", '{"recipe": "{}", "marks": "own", "jobs": 0, "folder": null}', "[1]"])
def test_wishes_that_cannot_be_read_are_the_usual_ones(text):
    assert Wishes.from_json(text) == Wishes()
    assert Wishes().recipe == Recipe(plots=True)


def test_nothing_drawn_is_the_whole_picture():
    assert marks_text([]) == marks_text([Marks(), Marks()]) == "The whole picture, in px/s"
