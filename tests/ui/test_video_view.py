"""The picture, its arrows, its legend and the read-out, from model to widget and back."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage

from motionapp.arrows import ArrowScale
from motionapp.overlay import compose
from motionapp.settings import Settings, ViewSettings
from motionapp.types import Frame, Motion, Truth
from ui import theme
from ui.reading import Reading, describe, reading
from ui.video_view import VideoView

WIDTH, HEIGHT = 160, 120


def make_motion(u=4.0, v=0.0, *, truth=None, confidence=1.0, dt_s=0.04, grey=90, size=(WIDTH, HEIGHT)):
    width, height = size
    flow = np.empty((2, height, width), np.float32)
    flow[0], flow[1] = u, v
    image = np.full((height, width, 3), grey, np.uint8)
    known = None
    if truth is not None:
        there = np.empty_like(flow)
        there[0], there[1] = truth
        known = Truth(there, np.ones((height, width), bool))
    frame = Frame(1, dt_s, image, truth=known)
    return Motion(frame, flow, np.full((height, width), confidence, np.float32), dt_s, Settings())


def make_picture(view=None, **options):
    return compose(make_motion(**options), view or ViewSettings(), ArrowScale())


@pytest.fixture
def view(qtbot):
    widget = VideoView()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def grabbed(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def near(pixels, colour, tolerance=12):
    wanted = np.array(QColor(colour).getRgb()[:3])
    return (np.abs(pixels - wanted) <= tolerance).all(axis=-1)


def test_the_picture_fills_the_view_with_its_own_colours(view):
    view.show_picture(make_picture(ViewSettings(mode="off")), ViewSettings(mode="off"))
    assert near(grabbed(view), "#5a5a5a", 0).mean() > 0.99


def test_a_picture_of_another_shape_keeps_its_aspect_on_the_backdrop(view):
    off = ViewSettings(mode="off")
    view.show_picture(make_picture(off, size=(160, 60)), off)
    pixels = grabbed(view)
    assert near(pixels[120:360], "#5a5a5a", 0).mean() > 0.98
    assert near(pixels[:110], theme.theme(view.palette()).backdrop, 1).all()


def test_arrows_are_blue_with_a_dark_line_and_are_gone_in_the_other_views(view):
    view.show_picture(make_picture(), ViewSettings())
    pixels = grabbed(view)[:400]
    assert near(pixels, theme.ARROW).sum() > 500
    assert near(pixels, theme.OUTLINE, 40).sum() > 300
    off = ViewSettings(mode="off")
    view.show_picture(make_picture(off), off)
    assert not near(grabbed(view), theme.ARROW).any()


def test_arrows_lie_where_the_motion_is(view):
    motion = make_motion(u=0.0)
    motion.flow[0, :, : WIDTH // 2] = 4.0
    view.show_picture(compose(motion, ViewSettings(), ArrowScale()), ViewSettings())
    blue = near(grabbed(view)[:400], theme.ARROW)
    assert blue[:, :320].sum() > 300
    assert not blue[:, 480:].any()


def test_crossing_arrows_do_not_punch_holes_into_each_other(view):
    locked = ViewSettings(scale_locked=True, px_per_px_s=0.6)
    view.show_picture(make_picture(locked), locked)
    crossed = near(grabbed(view)[:400], theme.ARROW).sum()
    short = ViewSettings(scale_locked=True, px_per_px_s=0.2)
    view.show_picture(make_picture(short), short)
    assert crossed > near(grabbed(view)[:400], theme.ARROW).sum()


def test_each_step_of_speed_has_its_colour(view):
    by_speed = ViewSettings(colour_by_speed=True, scale_locked=True, px_per_px_s=0.2)
    motion = make_motion(u=0.0)
    for part, speed_px in enumerate((1.5, 3.0, 6.0, 12.0, 30.0)):  # 37, 75, 150, 300, 750 px/s; the reference is 200
        motion.flow[0, 24 * part : 24 * (part + 1)] = speed_px
    view.show_picture(compose(motion, by_speed, ArrowScale()), by_speed)
    pixels = grabbed(view)[:, 340:]  # right of the legend
    assert all(near(pixels, colour).any() for colour in theme.SPEEDS)


@pytest.mark.parametrize("mode", ["arrows", "colour", "heat"])
def test_the_legend_names_the_speed_of_its_view(view, mode):
    chosen = ViewSettings(mode=mode, scale_locked=True, px_per_px_s=0.2)
    view.show_picture(make_picture(chosen), chosen)
    legend = view.findChild(type(view._legend))
    assert legend.isVisible()
    assert legend.key.mode == mode
    assert legend.key.full_px_s == 200.0
    assert legend.key.locked


def test_the_reference_arrow_is_as_long_as_an_arrow_of_its_speed_on_the_screen(view):
    locked = ViewSettings(scale_locked=True, px_per_px_s=0.2)
    view.show_picture(make_picture(locked), locked)
    key = view._legend.key
    assert view.zoom == pytest.approx(4.0, rel=0.02)
    assert key.length_px == pytest.approx(key.speed_px_s * 0.2 * view.zoom)
    assert key.length_px <= 80.0


def test_the_legend_stays_the_same_size_and_tells_another_speed_when_zoomed(view):
    view.show_picture(make_picture(), ViewSettings())
    before, size = view._legend.key, view._legend.size()
    view._box.scaleBy((0.2, 0.2))
    view._zoomed()
    assert view._legend.key.speed_px_s < before.speed_px_s
    assert abs(view._legend.height() - size.height()) <= 1


def test_there_is_no_legend_without_an_overlay_or_a_first_motion(view):
    off = ViewSettings(mode="off")
    view.show_picture(make_picture(off), off)
    assert not view._legend.isVisible()
    view.show_picture(make_picture(dt_s=0.0), ViewSettings())
    assert not view._legend.isVisible()


def test_the_endpoint_error_is_shown_only_where_the_truth_is_known(view):
    view.show_picture(make_picture(truth=(4.0, 0.25)), ViewSettings())
    assert view._error.text() == "endpoint error 0.250 px"
    assert view._error.isVisible()
    view.show_picture(make_picture(), ViewSettings())
    assert not view._error.isVisible()


def test_zoom_and_place_stay_while_pictures_go_on_and_fit_shows_all_again(view):
    view.show_picture(make_picture(), ViewSettings())
    view._box.scaleBy((0.5, 0.5))
    view._box.sigRangeChangedManually.emit([True, True])
    zoomed = view.zoom
    view.show_picture(make_picture(u=2.0), ViewSettings())
    view.resize(660, 500)
    assert view.zoom == pytest.approx(zoomed, rel=0.1)
    view.fit()
    assert view.zoom == pytest.approx(500 / HEIGHT, rel=0.05)


def test_a_picture_of_another_size_is_fitted(view):
    view.show_picture(make_picture(), ViewSettings())
    view._box.scaleBy((0.5, 0.5))
    view.show_picture(make_picture(size=(320, 240)), ViewSettings())
    assert view.zoom == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (3, 17), (3840, 2160)])
def test_any_size_is_shown(view, size):
    off = ViewSettings(mode="off")
    view.show_picture(make_picture(off, size=size), off)
    assert near(grabbed(view), "#5a5a5a", 0).any()


def test_the_mouse_reads_the_motion_under_it_also_while_it_rests(view, qtbot):
    view.show_picture(make_picture(u=4.0, v=-3.0), ViewSettings())
    heard = []
    view.hovered.connect(heard.append)
    view._point(QPointF(320.0, 240.0))
    assert heard[-1] == Reading(80, 60, 4.0, -3.0, pytest.approx(125.0), pytest.approx(36.87, abs=0.01), True)
    view.show_picture(make_picture(u=0.0, v=2.0), ViewSettings())
    assert heard[-1].v == 2.0
    assert "v +2.00" in view._reading.text()
    view._point(None)
    assert heard[-1] is None
    assert not view._reading.isVisible()


def test_the_read_out_does_not_take_unmeasured_or_first_motion_for_stillness():
    unmeasured = reading(make_motion(confidence=0.2), 3.0, 4.0)
    assert not unmeasured.measured
    assert "not measured" in describe(unmeasured)
    assert "first frame" in describe(reading(make_motion(dt_s=0.0), 3.0, 4.0), first=True)


@pytest.mark.parametrize(("u", "v", "glyph"), [(1, 0, "→ 0°"), (0, -1, "↑ 90°"), (-1, 0, "← 180°"), (0, 1, "↓ 270°")])
def test_directions_count_from_the_right_and_up(u, v, glyph):
    assert describe(reading(make_motion(u=u, v=v), 5, 5)).endswith(glyph)


@pytest.mark.parametrize("place", [(-0.5, 3.0), (3.0, -0.1), (WIDTH, 3.0), (3.0, HEIGHT + 2.0)])
def test_there_is_nothing_to_read_outside_the_picture(place):
    assert reading(make_motion(), *place) is None


def test_a_message_stays_until_the_next_picture(view):
    view.set_message("Opening camera 0 …")
    assert view._message.isVisible()
    assert abs(view._message.geometry().center().x() - 320) <= 2
    view.show_picture(make_picture(), ViewSettings())
    assert not view._message.isVisible()


def test_clear_shows_nothing(view):
    view.show_picture(make_picture(truth=(0.0, 0.0)), ViewSettings())
    view.clear()
    assert near(grabbed(view), theme.theme(view.palette()).backdrop, 1).all()


def test_a_double_click_is_told_and_keys_are_left_to_the_window(view, qtbot):
    with qtbot.waitSignal(view.double_clicked):
        qtbot.mouseDClick(view._canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    before = view.zoom
    for key in (Qt.Key.Key_Minus, Qt.Key.Key_A, Qt.Key.Key_Left, Qt.Key.Key_Space):
        qtbot.keyClick(view._canvas, key)
    assert view.zoom == before


def test_the_wheel_zooms(view, qtbot):
    view.show_picture(make_picture(), ViewSettings())
    before = view.zoom
    view._box.scaleBy((0.8, 0.8))
    assert view.zoom > before


def test_dropped_files_are_told_and_addresses_are_not(view, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mp4")), QUrl("http://example.org/b.mp4")])
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(view.files_dropped) as heard:
        view.dropEvent(event)
    assert heard.args == [[str(tmp_path / "a.mp4")]]


def test_another_scheme_gives_another_backdrop(view):
    for dark in (True, False):
        view.setPalette(theme.palette(dark=dark))
        assert near(grabbed(view), (theme.DARK if dark else theme.LIGHT).backdrop, 1).all()


def test_the_picture_outlives_its_array(view):
    off = ViewSettings(mode="off")
    picture = make_picture(off, size=(2048, 1200))  # too large to be converted, so painted from its own pixels
    view.show_picture(picture, off)
    del picture
    view.show_picture(replace(make_picture(off, size=(2048, 1200), grey=30)), off)
    assert near(grabbed(view), "#1e1e1e", 0).any()
