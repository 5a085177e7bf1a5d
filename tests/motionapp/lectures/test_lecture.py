"""Lecture scripts: what is written is read back, and what is wrong is said with file, line and key."""

from dataclasses import replace

import pytest

from motionapp.labs.filters import Parameters
from motionapp.lectures.lecture import (
    LectureError,
    Scene,
    add_scene,
    bundled,
    parameters_of,
    read_lecture,
    scene_error,
    scene_text,
)

SCRIPT = """title = "Two scenes"

# a remark
[[scene]]
lab = "filters"
source = "scene:zoom"
frame = 12
caption = "Say “hello”."
[scene.parameters]
preset = "box"
size = 9
[scene.state]
kernel = [[1.0]]

[[scene]]
lab = "filters"
source = "clips/wave.mp4"
play = true
"""


@pytest.fixture
def write(tmp_path):
    def write_script(text):
        path = tmp_path / "talk.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_script


def test_a_script_is_read_with_defaults_for_what_it_does_not_say(write):
    path = write(SCRIPT)
    lecture = read_lecture(path)
    first, second = lecture.scenes
    assert lecture.title == "Two scenes"
    assert first.parameters == Parameters(preset="box", size=9)
    assert (first.frame, first.play, first.caption, first.line) == (12, False, "Say “hello”.", 4)
    assert first.state == {"kernel": [[1.0]]}
    assert second.parameters == Parameters()
    assert second.play
    assert lecture.source_of(first) == "scene:zoom"
    assert lecture.source_of(second) == str(path.parent / "clips/wave.mp4")


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (('lab = "filters"', 'lab = "filtres"'), 5, ["lab cannot be “filtres”; it is one of filters, pyramids, "]),
        (("frame = 12", "frame = -1"), 7, ["frame cannot be -1; it is a whole number from 0."]),
        (("frame = 12", 'frame = "forty"'), 7, ["frame cannot be “forty”; it is a whole number from 0."]),
        (("frame = 12", "frame = 12\nframe = 13"), 8, ["line 8: frame stands there twice."]),
        (("size = 9", 'size = 9\npreset = "box"'), 12, ["line 12: preset stands there twice."]),
        (("frame = 12", "frame = true"), 7, ["frame"]),
        (("frame = 12", "fram = 12"), 7, ["fram", "is not known"]),
        (('preset = "box"', 'preset = "bix"'), 10, ["preset", "bix", "sharpen"]),
        (("size = 9", "size = 99"), 11, ["size", "99", "from 1 to 15"]),
        (("size = 9", "size = 4"), 11, ["size", "4", "is odd and lies from 1 to 15"]),
        (("size = 9", "sise = 9"), 11, ["sise", "no parameter of filters"]),
        (("size = 9", 'size = "9"'), 11, ["size", "“9”"]),
        (("play = true", "quarter_turns = 4"), 18, ["quarter_turns cannot be 4; it is a whole number from 0 to 3."]),
        (("play = true", "play = 1"), 18, ["play cannot be 1; it is true or false."]),
        (("frame = 12", "frame = = 12"), 7, ["line 7: frame: Invalid value."]),
        (('title = "Two scenes"', "title = 2"), 1, ["title"]),
        (('title = "Two scenes"', "tilte = 2"), 1, ["tilte"]),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_key(write, change, line, words):
    assert change[0] in SCRIPT
    with pytest.raises(LectureError) as raised:
        read_lecture(write(SCRIPT.replace(change[0], change[1], 1)))
    assert str(raised.value).startswith(f"talk.toml, line {line}: ")
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize(
    "table",
    [
        "parameters.size = 99",
        'parameters . "size" = 99',
        "parameters = { size = 99 }",
        "[ scene . parameters ] # of the lab\nsize = 99",
        "[scene.parameters]\n'size' = 99",
    ],
)
def test_lines_are_found_however_a_table_is_written(write, table):
    text = f'[[scene]]\nlab = "filters"\nsource = "scene:zoom"\n\n{table}\n'
    line = next(number for number, row in enumerate(text.splitlines(), start=1) if "99" in row)
    with pytest.raises(LectureError, match=rf"line {line}: size cannot be 99"):
        read_lecture(write(text))


@pytest.mark.parametrize(
    ("text", "what"),
    [("", "missing"), ("title = 'x'", "missing"), ("scene = 3", "no table"), ("scene = []", "missing")],
)
def test_a_script_without_scenes_is_none(write, text, what):
    with pytest.raises(LectureError, match=rf"line 1: scene is {what}; it begins with \[\[scene\]\]\.$"):
        read_lecture(write(text))


def test_a_scene_without_a_lab_is_told_where_it_begins(write):
    with pytest.raises(LectureError, match=r"line 15: lab is missing"):
        read_lecture(write(SCRIPT.replace('lab = "filters"\nsource = "clips', 'source = "clips')))


def test_files_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(LectureError, match="cannot be read"):
        read_lecture(tmp_path / "missing.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LectureError, match="no text"):
        read_lecture(tmp_path / "bytes.toml")


def test_the_error_of_a_state_names_its_line(write):
    lecture = read_lecture(write(SCRIPT))
    error = scene_error(lecture, lecture.scenes[0], "kernel must be square")
    assert str(error) == "talk.toml, line 13: kernel must be square."


def test_scenes_are_added_and_read_back_and_what_was_there_stays(write):
    path = write(SCRIPT)
    added = Scene(
        lab="filters",
        parameters=replace(Parameters(), a=0.5, preset="own", size=3),
        source='a "quoted" file\\with\nodd\tletters.mp4',
        frame=7,
        play=True,
        mirror=True,
        quarter_turns=3,
        caption="",
        state={"kernel": [[1.5, -2.0, 0.0]] * 3, "steps": 4, "nested": {"on": True, "a name": [1, 2]}},
    )
    assert add_scene(path, added) == 3
    text = path.read_text(encoding="utf-8")
    assert text.startswith(SCRIPT)
    read = read_lecture(path).scenes[2]
    assert replace(read, line=0) == added


def test_the_first_scene_makes_the_file_and_defaults_are_not_written(tmp_path):
    path = tmp_path / "new talk.toml"
    assert add_scene(path, Scene("filters", Parameters())) == 1
    lecture = read_lecture(path)
    assert lecture.title == "new talk"
    assert lecture.scenes[0].parameters == Parameters()
    assert "[scene.parameters]" not in scene_text(lecture.scenes[0])


@pytest.mark.parametrize("text", ["", "title = 'Mine'\n"])
def test_the_first_scene_is_added_to_a_script_that_has_none_yet(write, text):
    path = write(text)
    assert add_scene(path, Scene("filters", Parameters())) == 1
    assert read_lecture(path).title == ("Mine" if text else "talk")


def test_a_file_beside_or_below_the_script_is_named_as_seen_from_it(tmp_path):
    path = tmp_path / "talks" / "talk.toml"
    path.parent.mkdir()
    inside, outside = path.parent / "clips" / "wave.mp4", tmp_path / "other.mp4"
    for source in (inside, outside):
        add_scene(path, Scene("filters", Parameters(), str(source)))
    lecture = read_lecture(path)
    assert [scene.source for scene in lecture.scenes] == ["clips/wave.mp4", str(outside)]
    assert [lecture.source_of(scene) for scene in lecture.scenes] == [str(inside), str(outside)]


def test_lines_are_counted_past_arrays_that_take_several(write):
    rows = """[  # a ] in a remark
  [1, "]", '['],
  [3]
]
"""
    text = SCRIPT.replace("[[1.0]]", rows + 'steps = 3\nplace = """\n[3]\n"""').replace("play = true", "play = 1")
    with pytest.raises(LectureError, match=rf"line {text.splitlines().index('play = 1') + 1}: play"):
        read_lecture(write(text))
    lecture = read_lecture(write(text.replace("play = 1", "play = true")))
    assert str(scene_error(lecture, lecture.scenes[0], "steps cannot be 3")) == "talk.toml, line 17: steps cannot be 3."


def test_a_scene_is_not_added_to_a_file_that_is_no_script(write):
    path = write("not = 'a script'")
    with pytest.raises(LectureError):
        add_scene(path, Scene("filters", Parameters()))
    assert path.read_text() == "not = 'a script'"


def test_the_bundled_lecture_is_sound_and_needs_no_camera_and_no_file():
    lecture = read_lecture(bundled())
    assert lecture.title == "From pixels to motion to networks"
    for scene in lecture.scenes:
        assert scene.source.startswith("scene:")
        assert scene.caption
        assert not scene.play
        assert type(scene.parameters) is type(parameters_of(scene.lab))
