"""The descent lab: points are clicked, descents are stepped, the field grows from coarse to fine."""

import pytest
from PySide6.QtCore import QPoint, Qt

from .conftest import settle


def test_a_click_chooses_the_point_that_is_looked_at(qtbot, lab_window, show):
    lab = show("descent")
    area = lab.point.picture.area()
    qtbot.mouseClick(
        lab.point.picture, Qt.MouseButton.LeftButton, pos=QPoint(round(area.center().x()), round(area.center().y()))
    )
    settle(qtbot, lab_window)
    assert lab.state()["place"] == pytest.approx([0.5, 0.5], abs=0.01)
    assert "point (3" in lab.point.picture._note


def test_steps_lengthen_the_paths_one_by_one(qtbot, lab_window, show):
    lab = show("descent")
    before = [len(path.points) for path in lab.point.plane._paths]
    lab_window.commands["step"].trigger()
    settle(qtbot, lab_window)
    assert [len(path.points) for path in lab.point.plane._paths] == [count + 1 for count in before]


def test_a_step_size_that_is_too_large_is_said_to_diverge(qtbot, lab_window, show):
    lab = show("descent", step=0.2)
    assert "diverges" not in lab.point.paths.text()
    lab = show("descent", step=3.0)
    assert "diverges" in lab.point.paths.text()


def test_a_click_in_the_plane_lets_the_descents_run_from_there(qtbot, lab_window, show):
    lab = show("descent")
    area = lab.point.plane.area()
    place = QPoint(round(area.center().x() + area.width() / 4), round(area.center().y() - area.width() / 8))
    qtbot.mouseClick(lab.point.plane, Qt.MouseButton.LeftButton, pos=place)
    assert lab.state()["start"] == pytest.approx([2.0, -1.0], abs=0.05)
    qtbot.waitUntil(lambda: lab.state()["point"] >= 3, timeout=10_000)
    lab.run_button.setChecked(False)
    settle(qtbot, lab_window)
    assert lab.point.plane._paths[0].points[0] == pytest.approx([2.0, -1.0], abs=0.05)


def test_the_field_is_stepped_by_iteration_warp_and_level_on_one_run(qtbot, lab_window, show):
    lab = show("descent", page="field")
    run = lab._run
    for unit, step in (("iteration", 1), ("warp", 12), ("level", 36)):
        show_unit(lab_window, unit)
        lab_window.commands["step"].trigger()
        settle(qtbot, lab_window)
        assert lab.state()["field"] == step
        assert lab._run is run
    assert lab.count.text() == f"step 36 of {len(run)}"


def show_unit(window, unit):
    box = window.bench.form.controls["unit"]
    box.setCurrentIndex(box.findData(unit))


def test_another_frame_is_another_run(qtbot, lab_window, show):
    lab = show("descent", page="field", frame=20)
    run = lab._run
    lab_window.bench.feed.step()
    qtbot.waitUntil(lambda: lab_window.bench.feed.view.frame.index == 21)
    settle(qtbot, lab_window)
    assert lab._run is not run


@pytest.mark.parametrize("state", [{"place": [2, 0]}, {"start": [99, 0]}, {"point": -1}, {"field": "x"}])
def test_an_impossible_state_is_refused_by_its_key(lab_window, show, state):
    lab = show("descent")
    with pytest.raises(ValueError, match=f"^{next(iter(state))}"):
        lab.set_state(state)
