"""Motion over time and the descent: what is kept, what is drawn, what a click asks for."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from kernels.descent import DescentTrace
from motionapp.types import Measures
from ui import theme
from ui.plot_canvas import TimeAxis, round_up
from ui.plots import POINTS, DescentPlot, MotionPlot
from ui.speed_history import SAMPLES, WINDOW_S, SpeedHistory, thin


def measures(mean, peak):
    return Measures(mean, mean, peak, peak, 0.1, 1.0)


def make_trace(stages=(3, 2, 1), steps=20, terms=("data", "smoothness", "temporal"), scale=1.0):
    count = len(stages) * steps
    falling = np.exp(-np.arange(count) / 30.0) * scale
    values = np.stack([falling * (at + 1) for at in range(len(terms))], axis=1)
    stage = np.repeat(np.array(stages, np.int32), steps)
    return DescentTrace(tuple(terms), values, stage, np.zeros(count, np.int32))


@pytest.fixture
def motion_plot(qtbot):
    widget = MotionPlot()
    qtbot.addWidget(widget)
    widget.resize(600, 160)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def descent_plot(qtbot):
    widget = DescentPlot()
    qtbot.addWidget(widget)
    widget.resize(400, 260)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def drawn(curve):
    x, y = curve.getData()
    return (np.empty(0), np.empty(0)) if x is None else (x, y)


def curves(plot):
    """The curves that show something, by colour."""
    return [curve for curve in plot._curves if len(drawn(curve)[0])]


def click(qtbot, plot, x, y):
    canvas = plot._canvas
    position = canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(x, y)))
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=position)


def test_a_file_is_shown_whole_and_in_its_order_whatever_order_it_is_visited_in(motion_plot):
    motion_plot.set_duration(10.0)
    for index in np.random.default_rng(1).permutation(np.arange(1, 300)):
        motion_plot.add(index / 30, int(index), measures(index, 2 * index))
    motion_plot.redraw()
    times, means = drawn(motion_plot._mean)
    assert np.allclose(times, np.arange(1, 300) / 30)
    assert np.allclose(means, np.arange(1, 300))
    assert motion_plot._canvas.viewRange()[0] == [0.0, 10.0]


def test_visiting_a_frame_again_replaces_its_numbers(motion_plot):
    motion_plot.set_duration(10.0)
    motion_plot.add(2.0, 60, measures(5.0, 9.0))
    motion_plot.add(2.0, 60, measures(1.0, 2.0))
    motion_plot.redraw()
    assert drawn(motion_plot._peak)[1].tolist() == [2.0]


def test_the_first_frame_has_no_motion_to_draw(motion_plot):
    motion_plot.set_duration(10.0)
    motion_plot.add(0.0, 0, measures(0.0, 0.0))
    motion_plot.redraw()
    assert not len(drawn(motion_plot._mean)[0])


def test_no_line_is_drawn_where_nothing_was_seen(motion_plot):
    motion_plot.set_duration(10.0)
    for index in (*range(1, 60), *range(200, 290)):
        motion_plot.add(index / 30, index, measures(10.0, 20.0))
    motion_plot.redraw()
    joined = motion_plot._mean.opts["connect"]
    assert joined.tolist() == [1] * 58 + [0] + [1] * 89 + [0]
    x, y = drawn(motion_plot._area)
    assert y[(x > 2.0) & (x < 6.6)].max(initial=0.0) == 0.0


def test_a_live_source_shows_its_last_half_minute_up_to_now(motion_plot):
    motion_plot.set_duration(None)
    for index in range(1, 3000):
        motion_plot.add(index / 30, index, measures(index, index))
    motion_plot.redraw()
    times, _ = drawn(motion_plot._mean)
    assert -WINDOW_S <= times[0] < -WINDOW_S + 0.2
    assert -0.2 < times[-1] <= 0.0
    assert len(times) <= POINTS + 1


def test_a_live_source_that_begins_anew_loses_its_past():
    history = SpeedHistory()
    for second in range(20):
        history.add(float(second), 1.0, 2.0)
    history.add(0.5, 3.0, 4.0)
    times, values = history.curve(POINTS)
    assert times.tolist() == [0.0]
    assert values[:, 0].tolist() == [3.0, 4.0]


def test_a_history_never_grows_and_keeps_the_newest():
    history = SpeedHistory()
    for index in range(3 * SAMPLES):
        history.add(index / 1000, float(index), float(index))
    assert history._times.shape == (SAMPLES,)
    assert history.latest == (3 * SAMPLES - 1, 3 * SAMPLES - 1)
    times, _ = history.curve(10**6)
    assert times.size == SAMPLES


@pytest.mark.parametrize("count", [0, 1, 2, 359, 360, 361, 5000])
def test_thinning_keeps_peaks_and_the_mean(count):
    rng = np.random.default_rng(count)
    values = rng.random((2, count))
    times, thinned = thin(np.arange(count, dtype=float), values, 360, number=7)
    assert times.size <= 361
    assert np.all(np.diff(times) > 0)
    if count:
        assert thinned[1].max() == values[1].max()
        assert thinned[0].min() >= values[0].min()


def test_groups_keep_their_members_while_old_samples_drop_out():
    values = np.random.default_rng(3).random((2, 2000))
    times = np.arange(2000.0)
    whole, later = thin(times, values, 400), thin(times[5:], values[:, 5:], 400, number=5)
    assert np.array_equal(whole[1][:, 1:], later[1])


def test_the_cursor_marks_the_time_on_show_of_files_only(motion_plot):
    motion_plot.set_duration(10.0)
    motion_plot.set_cursor(4.0)
    assert not motion_plot._cursor.isVisible()  # there is no curve yet
    motion_plot.add(4.0, 120, measures(5.0, 9.0))
    motion_plot.redraw()
    assert motion_plot._cursor.isVisible()
    assert motion_plot._cursor.value() == 4.0
    motion_plot.set_duration(None)
    motion_plot.add(4.0, 120, measures(5.0, 9.0))
    assert not motion_plot._cursor.isVisible()


def test_a_click_seeks_in_files_only(motion_plot, qtbot):
    heard = []
    motion_plot.seek_requested.connect(heard.append)
    motion_plot.set_duration(10.0)
    motion_plot.add(1.0, 30, measures(1.0, 2.0))
    motion_plot.redraw()
    click(qtbot, motion_plot, 5.0, 0.5)
    assert heard == [pytest.approx(5.0, abs=0.05)]
    motion_plot.set_duration(None)
    motion_plot.add(1.0, 30, measures(1.0, 2.0))
    motion_plot.redraw()
    click(qtbot, motion_plot, -5.0, 0.5)
    assert len(heard) == 1


def test_the_axis_grows_when_needed_and_does_not_jump(motion_plot):
    motion_plot.set_duration(100.0)
    tops = []
    for index in range(1, 400):
        motion_plot.add(index / 10, index, measures(1.0, 50.0 + 40.0 * np.sin(index / 10)))
        motion_plot.redraw()
        tops.append(motion_plot._canvas.viewRange()[1][1])
    assert tops == sorted(tops)
    assert len(set(tops)) <= 4
    assert tops[-1] >= 90.0


def test_clear_and_a_new_duration_forget(motion_plot):
    motion_plot.set_duration(10.0)
    motion_plot.add(1.0, 30, measures(1.0, 2.0))
    motion_plot.set_duration(20.0)
    assert not len(drawn(motion_plot._mean)[0])
    assert motion_plot._empty.isVisible()
    assert motion_plot._now.text() == ""


def test_curves_are_drawn_soon_after_a_sample_without_being_asked(motion_plot, qtbot):
    motion_plot.set_duration(10.0)
    motion_plot.add(1.0, 30, measures(12.34, 56.78))
    qtbot.waitUntil(lambda: len(drawn(motion_plot._mean)[0]) == 1, timeout=2000)
    assert motion_plot._now.text() == "mean 12.3 · 95 % 56.8 px/s"


@pytest.mark.parametrize(
    ("value", "top"), [(0.0, 1.0), (1.0, 1.0), (1.01, 1.5), (47.0, 60.0), (81.0, 100.0), (0.011, 0.015), (np.inf, 1.0)]
)
def test_axes_end_at_round_numbers(value, top):
    assert round_up(value) == pytest.approx(top)


def test_ticks_are_minutes_of_a_file_or_seconds_before_now(qapp):
    axis = TimeAxis()
    assert axis.tickStrings([0.0, 65.0], 1.0, 5.0) == ["0:00", "1:05"]
    assert axis.tickStrings([0.5, 61.25], 1.0, 0.25) == ["0:00.5", "1:01.2"]
    axis.from_now = True
    assert axis.tickStrings([-10.0, 0.0], 1.0, 5.0) == ["−10 s", "now"]


def test_every_term_and_the_total_are_drawn(descent_plot):
    trace = make_trace()
    descent_plot.show_trace(trace)
    shown = [drawn(curve)[1] for curve in curves(descent_plot)]
    assert len(shown) == 4
    assert np.allclose(shown[0], trace.values[:, 0])
    assert np.allclose(shown[3], trace.total)
    assert all(name in descent_plot._key.text() for name in (*trace.terms, "total"))


def test_a_term_that_is_not_used_is_not_drawn(descent_plot):
    trace = make_trace()
    trace.values[:, 2] = 0.0
    descent_plot.show_trace(trace)
    assert "temporal" not in descent_plot._key.text()
    assert len(curves(descent_plot)) == 3


def test_a_single_cost_needs_no_total(qtbot):
    plot = DescentPlot(value_label="loss", stage_label="epoch")
    qtbot.addWidget(plot)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.show_trace(make_trace(stages=(1, 2, 3, 4), terms=("training",)))
    assert len(curves(plot)) == 1
    assert "total" not in plot._key.text()
    assert plot._canvas.getAxis("left").labelText == "loss"


def test_stages_are_divided_where_they_change(descent_plot):
    descent_plot.show_trace(make_trace(stages=(3, 2, 1), steps=20))
    assert descent_plot._bands.stages == [(3, 0, 20), (2, 20, 40), (1, 40, 60)]
    assert not descent_plot.grab().isNull()


def test_the_axis_can_be_logarithmic(descent_plot):
    trace = make_trace()
    trace.values[:, 2] = 0.0
    descent_plot.show_trace(trace)
    assert descent_plot._canvas.viewRange()[1][0] == 0.0
    descent_plot.log.click()
    assert np.allclose(drawn(curves(descent_plot)[0])[1], np.log10(trace.values[:, 0]))
    low, high = descent_plot._canvas.viewRange()[1]
    assert low == round(low)
    assert low < high
    assert not descent_plot.grab().isNull()


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("largest", [0.0999, 1.0, 3.7])
def test_curves_stay_below_the_names_of_the_stages(descent_plot, log, largest):
    trace = make_trace()
    trace.values[:] *= largest / trace.total.max()
    descent_plot.log.setChecked(log)
    descent_plot.show_trace(trace)
    low, high = descent_plot._canvas.viewRange()[1]
    top = np.log10(largest) if log else largest
    assert (high - top) / (high - low) > 0.09


def test_a_descent_that_goes_uphill_is_called_so(descent_plot):
    falling = make_trace()
    descent_plot.show_trace(falling)
    assert descent_plot._now.text() == f"{falling.total[-1]:.3g}"
    rising = make_trace(stages=(1,))
    descent_plot.show_trace(DescentTrace(rising.terms, rising.values[::-1].copy(), rising.stage, rising.round))
    assert "diverges" in descent_plot._now.text()


def test_one_overshoot_is_no_divergence_and_a_first_step_is_seen(descent_plot):
    losses = np.array([1.0, 2.4, 0.8, 0.3, 0.2])
    for count in range(1, 6):
        stage = np.full(count, 5, np.int32)
        trace = DescentTrace(("loss",), losses[:count, None], stage, np.zeros(count, np.int32))
        descent_plot.show_trace(trace)
        assert descent_plot._now.text() == f"{losses[count - 1]:.3g}"
        assert curves(descent_plot)[0].boundingRect().width() > 0.0


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_numbers_beyond_all_bounds_are_survived(descent_plot, value):
    trace = make_trace()
    trace.values[50:, 0] = value
    for _ in range(2):
        descent_plot.show_trace(trace)
        assert "diverges" in descent_plot._now.text()
        assert not descent_plot.grab().isNull()
        descent_plot.log.click()


def test_there_is_a_word_where_there_is_no_descent(descent_plot):
    assert descent_plot._empty.isVisible()
    descent_plot.show_trace(make_trace())
    assert not descent_plot._empty.isVisible()
    descent_plot.show_trace(None)
    assert descent_plot._empty.isVisible()
    assert curves(descent_plot) == []
    nothing = np.empty(0, np.int32)
    descent_plot.show_trace(DescentTrace(("data",), np.empty((0, 1)), nothing, nothing))
    assert descent_plot._empty.isVisible()


def test_fewer_terms_after_more_leave_no_old_curve(descent_plot):
    descent_plot.show_trace(make_trace())
    descent_plot.show_trace(make_trace(terms=("data",)))
    assert len(curves(descent_plot)) == 1


def test_keys_and_wheel_are_left_to_the_window(motion_plot, qtbot):
    motion_plot.set_duration(10.0)
    before = motion_plot._canvas.viewRange()
    for key in (Qt.Key.Key_Minus, Qt.Key.Key_A, Qt.Key.Key_Space, Qt.Key.Key_Left):
        qtbot.keyClick(motion_plot._canvas, key)
    assert motion_plot._canvas.viewRange() == before


@pytest.mark.parametrize("dark", [True, False])
def test_both_plots_follow_the_scheme(motion_plot, descent_plot, dark):
    descent_plot.show_trace(make_trace())
    colours = theme.DARK if dark else theme.LIGHT
    for plot in (motion_plot, descent_plot):
        plot.setPalette(theme.palette(dark=dark))
        image = plot.grab().toImage()
        assert image.pixelColor(image.width() - 3, image.height() - 3).name() == colours.background
