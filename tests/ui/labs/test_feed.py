"""What a lab is fed with: the main window's frame, and those right before it, whatever the main window passes over."""

from dataclasses import replace

from motionapp.orientation import orient
from motionapp.scenes import SceneSource

from ..conftest import make_picture
from .conftest import COMPILED_MS


def indices(view):
    return [frame.index for frame in (*view.history, view.frame)]


def test_the_main_windows_picture_is_shown_and_the_lab_neither_pauses_nor_moves_it(qtbot, playing, sessions):
    playing.commands["lab_filters"].trigger()
    lab_window = playing.labs.on_show
    feed = lab_window.bench.feed
    for index in (11, 12):
        sessions.last.show(index)
        qtbot.waitUntil(lambda index=index: feed.view is not None and feed.view.frame.index == index)
    lab_window.commands["freeze"].trigger()
    sessions.last.show(13)
    qtbot.waitUntil(lambda: playing.on_show.picture.motion.frame.index == 13)
    assert feed.view.frame.index == 12
    for _ in range(3):
        lab_window.commands["step"].trigger()
    qtbot.waitUntil(lambda: feed.view.frame.index == 15)
    assert indices(feed.view) == [14, 15]
    lab_window.commands["freeze"].trigger()
    qtbot.waitUntil(lambda: feed.view.frame.index == 13)
    assert sessions.last.calls == []


def test_frames_that_the_main_window_passes_over_are_read_by_the_lab(qtbot, playing, sessions):
    playing.commands["lab_descent"].trigger()
    feed = playing.labs.on_show.bench.feed
    scene = SceneSource("moving-arm")
    for index in (14, 40, 22):
        sessions.last.show(index)
        qtbot.waitUntil(lambda index=index: feed.view is not None and feed.view.frame.index == index)
        assert indices(feed.view) == [index - 1, index]
        assert (feed.view.frame.image == scene.frame(index).image).all()
        assert (feed.view.previous.image == scene.frame(index - 1).image).all()
        assert (feed.view.frame.truth.flow == scene.frame(index).truth.flow).all()


def test_what_the_lab_reads_is_mirrored_and_turned_as_the_main_window_is(qtbot, playing, sessions):
    playing.commands["lab_filters"].trigger()
    feed = playing.labs.on_show.bench.feed
    session = sessions.last
    session.apply(replace(session.settings, view=replace(session.settings.view, mirror=True, quarter_turns=1)))
    session.show(10)
    qtbot.waitUntil(lambda: feed.view is not None and feed.view.frame.image.shape == (640, 480, 3))
    assert (feed.view.previous.image == orient(SceneSource("moving-arm").frame(9), True, 1).image).all()
    assert feed.orientation == (True, 1)


def test_a_lab_with_small_pictures_that_is_left_while_it_stands_leaves_a_pair_of_large_ones(qtbot, playing, sessions):
    playing.commands["lab_magnify"].trigger()
    lab_window = playing.labs.on_show
    feed = lab_window.bench.feed
    sessions.last.show(20)
    qtbot.waitUntil(lambda: feed.view is not None and feed.view.frame.index == 20)
    assert indices(feed.view) == list(range(21))
    lab_window.commands["freeze"].trigger()
    lab_window.commands["step"].trigger()
    qtbot.waitUntil(lambda: feed.view.frame.index == 21)
    jobs = []
    lab_window.bench.shown.connect(jobs.append)
    lab_window.show_lab("descent")
    qtbot.waitUntil(lambda: lab_window.bench.settled and len(jobs) > 0, timeout=COMPILED_MS)
    assert {indices(job.view)[-2:] == [20, 21] for job in jobs} == {True}
    assert feed.view.previous.image.shape == feed.view.frame.image.shape == (480, 640, 3)
    assert {job.view.previous is not job.view.frame for job in jobs} == {True}


def test_a_scene_that_is_added_while_the_main_window_passes_over_frames_shows_the_same_two_again(
    qtbot, playing, sessions
):
    playing.commands["lab_descent"].trigger()
    lab_window = playing.labs.on_show
    feed = lab_window.bench.feed
    sessions.last.show(33)
    qtbot.waitUntil(lambda: feed.view is not None and feed.view.frame.index == 33)
    before, scene = feed.view, lab_window.lecturer._scene_on_show()
    lab_window.bench.show_scene(scene.lab, scene.parameters, scene.state, scene.source, scene.frame, False)
    qtbot.waitUntil(lambda: feed.view is not None)
    assert feed.own
    assert indices(feed.view) == indices(before)
    assert (feed.view.frame.image == before.frame.image).all()
    assert (feed.view.previous.image == before.previous.image).all()


def test_a_lab_that_is_frozen_before_there_is_a_picture_stands_at_the_first_one(qtbot, window, open_source):
    session = open_source("scene:still")
    window.commands["lab_filters"].trigger()
    feed = window.labs.on_show.bench.feed
    feed.freeze(True)
    session.show(5)
    qtbot.waitUntil(lambda: feed.view is not None)
    session.show(6)
    qtbot.waitUntil(lambda: window.on_show.picture.motion.frame.index == 6)
    assert feed.frozen
    assert indices(feed.view) == [4, 5]


def camera_picture(session, index, previous):
    """Let a camera's picture arrive, with the frame before it as far as the session had that."""
    picture = make_picture(index, session.settings)
    before = None if previous is None else make_picture(previous, session.settings).motion.frame
    session.pictures.put(replace(picture, motion=replace(picture.motion, previous=before)))


def test_the_frame_before_a_cameras_picture_is_the_one_right_before(qtbot, window, open_source):
    session = open_source("camera:0")
    window.commands["lab_descent"].trigger()
    feed = window.labs.on_show.bench.feed
    for index in (3, 7, 8):
        camera_picture(session, index, index - 1)
        qtbot.waitUntil(lambda index=index: feed.view is not None and feed.view.frame.index == index)
        assert feed.view.previous.index == index - 1
    camera_picture(session, 12, None)
    qtbot.waitUntil(lambda: feed.view.frame.index == 12)
    assert feed.view.previous is None
    feed.freeze(True)
    camera_picture(session, 20, 19)
    qtbot.waitUntil(lambda: feed.view.frame.index == 20)
    camera_picture(session, 21, 20)
    qtbot.waitUntil(lambda: window.on_show.picture.motion.frame.index == 21)
    assert indices(feed.view) == [19, 20]


def test_other_settings_of_the_main_window_do_not_make_a_cameras_frame_its_own_past(qtbot, window, open_source):
    session = open_source("camera:0")
    window.commands["lab_descent"].trigger()
    feed = window.labs.on_show.bench.feed
    camera_picture(session, 3, 2)
    qtbot.waitUntil(lambda: feed.view is not None)
    picture = make_picture(3, session.settings)
    session.pictures.put(picture)
    qtbot.waitUntil(lambda: window.on_show.picture is picture)
    assert indices(feed.view) == [2, 3]


def test_a_source_that_stands_is_read_by_the_lab_itself_with_the_frames_before(qtbot, playing, sessions):
    sessions.last.phase = "paused"
    playing.bridge.refresh()
    playing.commands["lab_filters"].trigger()
    feed = playing.labs.on_show.bench.feed
    qtbot.waitUntil(lambda: feed.view is not None)
    assert feed.frozen
    assert indices(feed.view) == [9, 10]
    sessions.last.show(30)
    qtbot.waitUntil(lambda: feed.view.frame.index == 30)
    assert feed.frozen
    assert indices(feed.view) == [29, 30]
    sessions.last.phase = "playing"
    sessions.last.show(11)
    qtbot.waitUntil(lambda: feed.view is not None and feed.view.frame.index == 11)
    assert not feed.own


def test_a_lab_that_is_frozen_at_once_still_gets_the_frame_before(qtbot, playing, sessions):
    playing.commands["lab_descent"].trigger()
    feed = playing.labs.on_show.bench.feed
    feed.freeze(True)
    sessions.last.show(11)
    qtbot.waitUntil(lambda: playing.on_show.picture.motion.frame.index == 11)
    qtbot.waitUntil(lambda: feed.view is not None)
    assert indices(feed.view) == [9, 10]
