"""A lecture from F5 to its end by PageDown alone, twice with the same pictures."""

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QInputDialog, QLineEdit

from motionapp.lectures.lecture import bundled, parameters_of, read_lecture

from .conftest import settle

SCRIPT = """
[[scene]]
lab = "filters"
source = "scene:still"
frame = 3
caption = "First."
[scene.parameters]
preset = "box"

[[scene]]
lab = "filters"
source = "scene:still"
frame = 4
[scene.state]
steps = 99

[[scene]]
lab = "filters"
source = "nothing.mp4"
caption = "Third."
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "talk.toml"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def still_picture(qtbot, window):
    """Return what the window looks like once its layouts and axes have come to rest."""
    seen = [QImage()]

    def at_rest():
        seen.append(window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
        return seen[-1] == seen[-2]

    qtbot.waitUntil(at_rest, timeout=20_000)
    return seen[-1]


def walk(qtbot, window):
    """Go through the bundled lecture by PageDown; return what every scene looks like."""
    window.commands["start_lecture"].trigger()
    pictures: list[QImage] = []
    count = len(read_lecture(bundled()).scenes)
    while True:
        settle(qtbot, window)
        pictures.append(still_picture(qtbot, window))
        assert window.foot.place.text() == f"scene {len(pictures)} of {count}"
        assert (window.width(), window.height()) == (1280, 720)
        if len(pictures) == count:
            return pictures
        window.commands["next_scene"].trigger()


def test_the_bundled_lecture_runs_to_its_end_twice_with_identical_pictures(qtbot, lab_window):
    first, second = walk(qtbot, lab_window), walk(qtbot, lab_window)
    assert len(first) == len(second)
    different = [at + 1 for at, (one, other) in enumerate(zip(first, second)) if one != other]
    assert different == []


def test_page_up_goes_back_and_escape_leaves_for_what_plays(qtbot, lab_window, script):
    lab_window.lecturer.start(script)
    settle(qtbot, lab_window)
    assert lab_window.foot.caption.text() == "First."
    assert lab_window.bench.parameters.preset == "box"
    lab_window.commands["next_scene"].trigger()
    lab_window.commands["previous_scene"].trigger()
    lab_window.banners.clear()
    settle(qtbot, lab_window)
    lab_window.commands["previous_scene"].trigger()
    assert lab_window.foot.place.text() == "scene 1 of 3"
    lab_window.commands["leave"].trigger()
    assert not lab_window.lecturer.running
    assert not lab_window.foot.caption.isVisible()
    assert not lab_window.bench.feed.frozen


def test_a_scene_that_cannot_be_shown_is_a_banner_with_its_line_and_the_lecture_goes_on(qtbot, lab_window, script):
    with script.open("a", encoding="utf-8") as file:
        file.write('[[scene]]\nlab = "descent"\nsource = "scene:still"\ncaption = "Fourth."\n')
    lab_window.lecturer.start(script)
    lab_window.commands["next_scene"].trigger()
    qtbot.waitUntil(lambda: lab_window.foot.caption.text() == "Fourth.")
    missing, wrong = (banner.failure.message for banner in lab_window.banners.banners)
    assert wrong == "talk.toml, line 15: steps cannot be 99; it is a whole number from 0 to 9."
    assert missing.startswith("talk.toml, line 19: source: ")
    assert "does not exist" in missing
    assert lab_window.bench.lab.id == "descent"
    lab_window.commands["previous_scene"].trigger()
    qtbot.waitUntil(lambda: lab_window.foot.caption.text() == "First.")


def test_a_last_scene_that_cannot_be_shown_leaves_the_one_before_as_it_is(qtbot, lab_window, script):
    script.write_text(SCRIPT[: SCRIPT.rindex("[[scene]]")], encoding="utf-8")
    lab_window.lecturer.start(script)
    settle(qtbot, lab_window)
    lab, view = lab_window.bench.lab, lab_window.bench.feed.view
    lab_window.commands["next_scene"].trigger()
    assert (lab_window.bench.lab, lab_window.bench.feed.view) == (lab, view)
    assert lab_window.foot.caption.text() == "First."


def test_a_source_that_cannot_be_read_is_not_waited_for(qtbot, lab_window, script):
    script.write_text("[[scene]]\nlab = 'filters'\nsource = 'nothing.mp4'\n", encoding="utf-8")
    lab_window.lecturer.start(script)
    qtbot.waitUntil(lambda: lab_window.bench.preparing.text() == "No picture")
    assert lab_window.bench.preparing.isVisible()


def test_escape_leaves_full_screen_first_and_page_down_goes_on_where_the_lecture_was_left(qtbot, lab_window, script):
    script.write_text(SCRIPT.replace("steps = 99", "steps = 9").replace("nothing.mp4", "scene:zoom"), encoding="utf-8")
    lab_window.lecturer.start(script)
    lab_window.commands["next_scene"].trigger()
    lab_window.set_full_screen(True)
    lab_window.commands["leave"].trigger()
    assert not lab_window.isFullScreen()
    assert lab_window.lecturer.running
    lab_window.commands["leave"].trigger()
    assert not lab_window.lecturer.running
    lab_window.commands["next_scene"].trigger()
    assert lab_window.foot.place.text() == "scene 2 of 3"
    lab_window.commands["leave"].trigger()
    lab_window.commands["start_lecture"].trigger()
    assert lab_window.foot.place.text() == "scene 1 of 3"
    settle(qtbot, lab_window)


def test_a_script_that_is_wrong_is_a_banner(qtbot, lab_window, script):
    script.write_text("[[scene]]\nlab = 'filtres'\n", encoding="utf-8")
    lab_window.lecturer.start(script)
    message = lab_window.banners.banners[0].failure.message
    assert message.startswith("talk.toml, line 2: lab cannot be “filtres”; it is one of filters, ")
    assert lab_window.bench.lab is not None


def test_what_is_on_show_is_added_as_a_scene_and_comes_back(qtbot, lab_window, show, tmp_path):
    lab = show("filters", preset="Sobel x", size=5, frame=17)
    lab.before.hovered.emit(100, 50)
    path = tmp_path / "mine.toml"
    lecturer = lab_window.lecturer
    lecturer._ask_caption(path, lecturer._scene_on_show())
    answer(lab_window, "First.")
    lecturer.add_scene()
    answer(lab_window)
    assert "Added to mine.toml as scene 2" in lab_window.foot.place.text()
    scenes = read_lecture(path).scenes
    assert scenes[0].parameters == lab_window.bench.parameters
    assert (scenes[0].source, scenes[0].frame, scenes[0].play) == ("scene:moving-arm", 17, False)
    assert scenes[0].state == lab.state()
    assert [scene.caption for scene in scenes] == ["First.", "Filters"]
    lab_window.lecturer.start(path)
    settle(qtbot, lab_window)
    assert lab_window.bench.lab.state() == scenes[0].state


def answer(window, text=None):
    """Give the dialog that asks for a caption the one it proposes, or another one."""
    dialog = next(found for found in window.findChildren(QInputDialog) if found.isVisible())
    if text is not None:
        dialog.setTextValue(text)
    dialog.accept()


def test_a_scene_that_is_added_is_mirrored_and_turned_as_it_was(qtbot, lab_window, tmp_path):
    bench = lab_window.bench
    bench.show_scene("filters", parameters_of("filters"), {}, "scene:moving-arm", 3, False, (True, 1))
    settle(qtbot, lab_window)
    image = bench.feed.view.frame.image
    path = tmp_path / "mine.toml"
    lab_window.lecturer._add(path, lab_window.lecturer._scene_on_show())
    scene = read_lecture(path).scenes[0]
    assert (scene.mirror, scene.quarter_turns) == (True, 1)
    lab_window.lecturer.start(path)
    settle(qtbot, lab_window)
    assert bench.feed.view.frame.image.shape == (640, 480, 3)
    assert (bench.feed.view.frame.image == image).all()


def test_the_lecture_starts_from_the_main_window_too(qtbot, window):
    window.commands["start_lecture"].trigger()
    lab_window = window.labs.on_show
    assert lab_window.lecturer.running
    settle(qtbot, lab_window)
    assert window.bridge.session is None


@pytest.mark.parametrize("how", ["lab", "page"])
@pytest.mark.parametrize("command", ["next_scene", "previous_scene"])
def test_the_caption_goes_with_its_scene_and_comes_back_with_it(qtbot, lab_window, script, how, command):
    window = lab_window
    window.lecturer.start(script)
    settle(qtbot, window)
    if how == "lab":
        window.head.lab_chosen.emit("descent")
    else:
        window.bench.lab.pages.buttons["impulse"].click()
    settle(qtbot, window)
    assert not window.foot.caption.isVisible()
    assert window.foot.place.text() == "scene 1 of 3, left"
    qtbot.waitUntil(lambda: window.foot.place.geometry().left() > window.width() / 2)
    assert window.lecturer._scene_on_show().caption == window.bench.lab.title
    window.commands[command].trigger()
    settle(qtbot, window)
    assert (window.bench.lab.id, window.bench.parameters.page) == ("filters", "picture")
    assert window.foot.caption.text() == "First."
    assert window.foot.place.text() == "scene 1 of 3"


def test_the_caption_stays_while_the_scene_is_played_with(qtbot, lab_window, script):
    lab_window.lecturer.start(script)
    settle(qtbot, lab_window)
    lab_window.bench.form.controls["size"].slider.setValue(3)
    lab_window.commands["reset"].trigger()
    settle(qtbot, lab_window)
    assert lab_window.foot.caption.text() == "First."


def test_a_caption_of_eighty_letters_is_read_whole_while_it_is_written(qtbot, lab_window, show, tmp_path):
    show("filters")
    lecturer = lab_window.lecturer
    lecturer._ask_caption(tmp_path / "mine.toml", lecturer._scene_on_show())
    dialog = next(found for found in lab_window.findChildren(QInputDialog) if found.isVisible())
    field = dialog.findChild(QLineEdit)
    caption = "A sum of weighted pixels is a filter; typing a kernel shows at once what it does"
    assert len(caption) == 80
    assert field.fontMetrics().horizontalAdvance(caption) < field.width() <= dialog.width() < 1280
    dialog.reject()
