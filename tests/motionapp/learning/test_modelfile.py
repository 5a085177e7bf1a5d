"""Model and project files: exact round trips, no trust in what a file says, whole or not at all."""

import contextlib
import io
import json
import math
import os
import signal
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kernels.network import lenet5
from motionapp.learning.container import VERSION
from motionapp.learning.modelfile import Project, read_model, read_project, write_model, write_project
from motionapp.learning.samples import MOST_RECORDINGS, Samples
from motionapp.learning.training import TrainingRun
from motionapp.settings import PRESETS
from motionapp.types import MotionError

from .motions import QUICK, SMALL, recording, two_motions

NAMES = ('waving, "left"', "a/b\\c:d", "👋🏽 bye", "../../etc/passwd", "line\nbreak", "caf\u00e9", "\udcff")


@pytest.fixture(scope="module")
def model():
    run = TrainingRun(two_motions(), QUICK)
    for _ in run.batches():
        pass
    return run.result()


@pytest.fixture
def model_file(model, tmp_path):
    write_model(tmp_path / "a.motion", model)
    return tmp_path / "a.motion"


@pytest.fixture
def project_file(model, tmp_path):
    write_project(tmp_path / "a.motionproject", Project(two_motions(2, 12), QUICK, model))
    return tmp_path / "a.motionproject"


def assert_same_model(one, other):
    assert other.network == one.network
    np.testing.assert_array_equal(other.weights, one.weights)
    assert other.weights.flags.writeable or other.weights.flags.owndata
    for name in ("preprocessing", "classes", "map_settings", "flow", "training"):
        assert getattr(other, name) == getattr(one, name)
    assert repr(other.figures) == repr(one.figures)
    for name in ("known", "scale", "limit"):
        np.testing.assert_array_equal(getattr(other.familiarity, name), getattr(one.familiarity, name))


def test_a_model_comes_back_to_the_bit(model, model_file):
    back = read_model(model_file)
    assert_same_model(model, back)
    x, _, _ = two_motions(1).windows()
    np.testing.assert_array_equal(back.probabilities(x), model.probabilities(x))


def test_lenet_comes_back_to_the_bit_and_so_does_the_choice_of_it(tmp_path):
    maps = replace(SMALL, rows=20, columns=24)
    settings = replace(QUICK, architecture="lenet5", epochs=1)
    samples = two_motions(2, 20, maps)
    run = TrainingRun(samples, settings)
    for _ in run.batches():
        pass
    model = run.result()
    write_model(tmp_path / "a.motion", model)
    back = read_model(tmp_path / "a.motion")
    assert_same_model(model, back)
    assert back.network == lenet5(2, 4, (20, 24))
    write_project(tmp_path / "a.motionproject", Project(samples, settings, model))
    assert read_project(tmp_path / "a.motionproject").training.architecture == "lenet5"


def test_figures_that_are_no_numbers_come_back_as_such(model, tmp_path):
    untested = replace(model, figures=replace(model.figures, validation_loss=math.nan))
    write_model(tmp_path / "a.motion", untested)
    assert math.isnan(read_model(tmp_path / "a.motion").figures.validation_loss)


def test_a_project_comes_back_to_the_bit_with_and_without_a_model(model, tmp_path):
    samples = two_motions(2).with_class("empty")
    for index, held in enumerate((model, None)):
        path = tmp_path / f"{index}.motionproject"
        write_project(path, Project(samples, replace(QUICK, seed=7), held, stale=held is not None))
        back = read_project(path)
        assert (back.samples.classes, back.samples.map_settings) == (samples.classes, samples.map_settings)
        assert (back.training, back.stale) == (replace(QUICK, seed=7), held is not None)
        for one, other in zip(samples.recordings, back.samples.recordings, strict=True):
            np.testing.assert_array_equal(one.maps, other.maps)
            np.testing.assert_array_equal(one.pts_s, other.pts_s)
            assert all(getattr(one, name) == getattr(other, name) for name in ("id", "label", "source", "made", "flow"))
        assert (back.model is None) == (held is None)
    assert_same_model(model, read_project(tmp_path / "0.motionproject").model)


def test_a_project_trains_to_the_same_curve_as_what_it_was_saved_from(tmp_path):
    write_project(tmp_path / "a.motionproject", Project(two_motions(), QUICK))
    back = read_project(tmp_path / "a.motionproject")
    curves = [
        [report.loss for report in TrainingRun(samples, QUICK).batches()] for samples in (two_motions(), back.samples)
    ]
    assert curves[0] == curves[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_class_name_survives_and_none_becomes_a_path(model, tmp_path, name):
    samples = Samples(SMALL).with_class(name).with_class("other")
    label = samples.classes[0]
    samples = samples.with_recording(replace(recording("right"), label=label, source=name, flow=PRESETS["accurate"]))
    named = replace(model, classes=samples.classes)
    write_project(tmp_path / "a.motionproject", Project(samples, QUICK, named))
    write_model(tmp_path / "a.motion", named)
    back = read_project(tmp_path / "a.motionproject")
    assert back.samples.classes == back.model.classes == read_model(tmp_path / "a.motion").classes == (label, "other")
    assert back.samples.recordings[0].label == label
    assert back.samples.recordings[0].source == name
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.motion", "a.motionproject"]


def test_an_empty_project_can_be_saved(tmp_path):
    write_project(tmp_path / "a.motionproject", Project(Samples()))
    assert read_project(tmp_path / "a.motionproject").samples.classes == ()


def test_nothing_is_overwritten_unasked_and_weights_that_are_no_numbers_are_never_saved(model, model_file):
    before = model_file.read_bytes()
    with pytest.raises(MotionError, match="exists already"):
        write_model(model_file, model)
    broken = replace(model, weights=np.full_like(model.weights, np.nan))
    with pytest.raises(MotionError, match="not all numbers"):
        write_model(model_file, broken, overwrite=True)
    with pytest.raises(MotionError, match="not all numbers"):
        write_project(model_file.with_suffix(".motionproject"), Project(Samples(), QUICK, broken))
    assert model_file.read_bytes() == before
    assert [one.name for one in model_file.parent.iterdir()] == ["a.motion"]
    with pytest.raises(MotionError, match=r"has to end in \.motion"):
        write_model(model_file.with_suffix(".pt"), model)


def rewritten(path, about=None, compression=zipfile.ZIP_STORED, **entries):
    """The file with other words about itself and other entries; an entry None is left out."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    if about is not None:
        held["about.json"] = json.dumps(about(json.loads(held["about.json"]))).encode()
    held |= {name.replace("__", "."): content for name, content in entries.items()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in held.items():
            if data is not None:
                archive.writestr(name, data)
    path.write_bytes(content.getvalue())


def npy(shape, dtype="<f4", data=b"", fortran=False):
    """An array file that claims this shape and dtype."""
    head = f"{{'descr': '{dtype}', 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data


def changed(**values):
    return lambda about: about | values


def crafted(**changes):
    """Arguments of :func:`rewritten`."""
    return changes


CRAFTED = {
    "newer": (crafted(about=changed(version=VERSION + 1)), "written by a newer motionapp"),
    "version 0": (crafted(about=changed(version=0)), "version 0"),
    "version text": (crafted(about=changed(version="1")), "damaged"),
    "other format": (
        crafted(about=changed(format="motionapp project")),
        "is a motionapp project, not a motionapp model",
    ),
    "no format": (crafted(about=lambda about: {}), "damaged"),
    "about a list": (crafted(about=lambda about: [1, 2]), "damaged"),
    "deep": (crafted(about__json=b"[" * 100_000), "damaged"),
    "no json": (crafted(about__json=b"\xff\xfe{"), "damaged"),
    "no about": (crafted(about__json=None), "damaged"),
    "no weights": (crafted(weights__npy=None), "damaged"),
    "more entries": (crafted(extra__py=b"print()"), "it holds about.json, extra.py, known.npy, weights.npy"),
    "traversal": ({"../evil__npy": b""}, "it holds"),
    "compressed": (crafted(compression=zipfile.ZIP_DEFLATED), "compressed"),
    "pickle": (crafted(weights__npy=npy((3,), "|O", b"cos\nsystem\n(S'true'\ntR.")), "in place of <f4"),
    "huge weights": (crafted(weights__npy=npy((2**40,))), "in place of <f4"),
    "few weights": (crafted(weights__npy=npy((3,), data=b"\0" * 12)), "of shape"),
    "float64 weights": (crafted(weights__npy=npy((3,), "<f8", b"\0" * 24)), "holds float64"),
    "noise": (crafted(weights__npy=b"not numpy"), "damaged"),
    "unknown layer": (crafted(about=changed(layers=[{"kind": "os.system"}])), "kind of layer"),
    "huge layer": (crafted(about=changed(layers=[{"kind": "dense", "units": 10**9}])), "units of dense"),
    "no layers": (crafted(about=changed(layers=[])), "layers, got 0"),
    "many layers": (crafted(about=changed(layers=[{"kind": "relu"}] * 10**4)), "layers, got 10000"),
    "other classes": (crafted(about=changed(classes=["a", "b", "c"])), "outputs"),
    "same classes": (crafted(about=changed(classes=["a", "A"])), "already"),
    "classes of numbers": (crafted(about=changed(classes=[1, 2])), "is no text"),
    "many classes": (crafted(about=changed(classes=[str(n) for n in range(10**4)])), "it has 10000 classes"),
    "long about": (crafted(about=changed(notes=[[]] * 10**6)), "about.json is too large"),
    "huge maps": (crafted(about=lambda a: a | {"map_settings": a["map_settings"] | {"rows": 10**9}}), "rows cannot be"),
    "clip 0": (crafted(about=lambda a: a | {"preprocessing": a["preprocessing"] | {"clip": 0}}), "preprocessing"),
    "clip text": (crafted(about=lambda a: a | {"preprocessing": a["preprocessing"] | {"clip": "x"}}), "damaged"),
    "two means": (
        crafted(about=lambda a: a | {"preprocessing": a["preprocessing"] | {"mean": [0, 0]}}),
        "does not fit",
    ),
    "gain inf": (
        crafted(about=lambda a: a | {"preprocessing": a["preprocessing"] | {"gain": [1e999]}}),
        "preprocessing",
    ),
    "gain inf as float32": (
        crafted(about=lambda a: a | {"preprocessing": a["preprocessing"] | {"gain": [1e39]}}),
        "not made of numbers",
    ),
    "clip 0 as float32": (
        crafted(about=lambda a: a | {"preprocessing": a["preprocessing"] | {"clip": 1e-60}}),
        "not made of numbers",
    ),
    "flow": (crafted(about=lambda a: a | {"flow": a["flow"] | {"method": "magic"}}), "method cannot be magic"),
    "many known": (crafted(about=lambda a: a | {"familiarity": a["familiarity"] | {"known": 10**9}}), "cannot know"),
    "limit 0": (crafted(about=lambda a: a | {"familiarity": a["familiarity"] | {"limit": 0}}), "not described"),
    "scale of one": (crafted(about=lambda a: a | {"familiarity": a["familiarity"] | {"scale": [1]}}), "not described"),
    "scale 0": (crafted(about=lambda a: a | {"familiarity": a["familiarity"] | {"scale": [0] * 9}}), "not described"),
    "no known": (crafted(known__npy=None), "damaged"),
    "figures": (crafted(about=lambda a: a | {"figures": a["figures"] | {"confusion": [[1]]}}), "figures do not fit"),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_files_are_refused_by_name(model_file, name):
    changes, message = CRAFTED[name]
    rewritten(model_file, **changes)
    with pytest.raises(MotionError, match=message) as caught:
        read_model(model_file)
    assert str(model_file) in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(model, model_file, value):
    weights = model.weights.copy()
    weights[5] = value
    content = io.BytesIO()
    np.save(content, weights)
    rewritten(model_file, weights__npy=content.getvalue())
    with pytest.raises(MotionError, match="weight is not a number"):
        read_model(model_file)


def test_finite_weights_that_overflow_in_use_are_refused(model, model_file):
    content = io.BytesIO()
    np.save(content, model.weights * np.float32(1e20))
    rewritten(model_file, weights__npy=content.getvalue())
    with pytest.raises(MotionError, match="answers is not a number") as caught:
        read_model(model_file)
    assert str(model_file) in str(caught.value)


PROJECTS = {
    "lying count": (lambda a: a["recordings"][0].update(maps=10**8), "in place of"),
    "negative count": (lambda a: a["recordings"][0].update(maps=-5), "cannot have -5 maps"),
    "unknown label": (lambda a: a["recordings"][0].update(label="up"), "no class “up”"),
    "id a list": (lambda a: a["recordings"][0].update(id=[1]), "no text"),
    "settings": (lambda a: a["training"].update(batch=0), "batch cannot be 0"),
    "no recordings": (lambda a: a.pop("recordings"), "damaged"),
    "model a text": (lambda a: a.update(model="x"), "damaged"),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_crafted_projects_are_refused_by_name(project_file, name):
    change, message = PROJECTS[name]
    rewritten(project_file, about=lambda about: [change(about), about][1])
    with pytest.raises(MotionError, match=message) as caught:
        read_project(project_file)
    assert str(project_file) in str(caught.value)


def test_settings_that_this_version_does_not_know_are_passed_over(project_file):
    rewritten(project_file, about=lambda a: a | {"training": a["training"] | {"dreams": 3}, "colour": "blue"})
    assert read_project(project_file).training == QUICK


@pytest.mark.parametrize("kind", ["model_file", "project_file"])
def test_any_truncation_and_any_changed_byte_is_told_or_harmless(request, kind):
    path = request.getfixturevalue(kind)
    read = read_model if kind == "model_file" else read_project
    whole = path.read_bytes()
    rng = np.random.default_rng(8)
    for kept in (0, 1, 21, 22, *rng.integers(23, len(whole), 20).tolist()):
        path.write_bytes(whole[:kept])
        with pytest.raises(MotionError, match=path.name):
            read(path)
    for place, value in zip(rng.integers(0, len(whole), 200), rng.integers(0, 256, 200), strict=True):
        path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
        with contextlib.suppress(MotionError):
            read(path)


def test_a_directory_that_claims_too_much_is_not_even_read(model_file):
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, 2**31, 0, 0)
    model_file.write_bytes(b"\0" * 1000 + end)
    with pytest.raises(MotionError, match="directory is missing or too large"):
        read_model(model_file)


def test_only_regular_files_of_the_kind_are_read(tmp_path, project_file):
    os.mkfifo(tmp_path / "pipe.motion")
    (tmp_path / "folder.motion").mkdir()
    for name, message in (("pipe.motion", "regular"), ("folder.motion", "regular"), ("no.motion", "does not exist")):
        with pytest.raises(MotionError, match=message):
            read_model(tmp_path / name)
    with pytest.raises(MotionError, match="is a motionapp project, not a motionapp model"):
        read_model(project_file)


@pytest.mark.parametrize("kind", ["model_file", "project_file"])
def test_a_64_bit_directory_which_overrides_the_one_that_was_checked_is_refused(request, kind):
    path = request.getfixturevalue(kind)
    whole = path.read_bytes()
    *_, entries, length, at, _ = struct.unpack("<4s4H2LH", whole[-22:])
    long_end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, length, at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(whole) - 22, 1)
    path.write_bytes(whole[:-22] + long_end + locator + whole[-22:])
    assert zipfile.is_zipfile(path)
    with pytest.raises(MotionError, match="64-bit"):
        (read_model if kind == "model_file" else read_project)(path)


def many_recordings(project_file, count):
    """Make the project one of so many recordings of a map each."""

    def described(about):
        first = about["recordings"][0]
        return about | {"recordings": [first | {"id": str(n), "maps": 1} for n in range(count)]}

    maps = npy((count, 1, SMALL.rows, SMALL.columns), data=bytes(4 * count * SMALL.rows * SMALL.columns))
    rewritten(project_file, described, maps__npy=maps, pts_s__npy=npy((count,), "<f8", bytes(8 * count)))


def test_as_many_recordings_as_there_can_be_are_read_each_looked_at_once(project_file, monkeypatch):
    many_recordings(project_file, MOST_RECORDINGS)
    looks = []
    monkeypatch.setattr(Samples, "_index", lambda self, name: looks.append(name) or 0)
    assert len(read_project(project_file).samples.recordings) == len(looks) == MOST_RECORDINGS
    many_recordings(project_file, MOST_RECORDINGS + 1)
    with pytest.raises(MotionError, match=r"can be read|too large"):
        read_project(project_file)


def test_as_many_recordings_as_there_can_be_are_saved_in_what_can_be_read(tmp_path):
    one = replace(recording("right", 1), source="/home/somebody/films of motion/" + "x" * 100)
    samples = Samples(SMALL, ("right",)).with_recordings(replace(one, id=f"{n:016x}") for n in range(MOST_RECORDINGS))
    write_project(tmp_path / "a.motionproject", Project(samples))
    assert read_project(tmp_path / "a.motionproject").samples.identity == samples.identity
    with pytest.raises(ValueError, match="no more"):
        samples.with_recording(one)
    wordy = replace(samples, recordings=tuple(replace(one, source="x" * 2000) for one in samples.recordings))
    with pytest.raises(MotionError, match="cannot be saved"):
        write_project(tmp_path / "b.motionproject", Project(wordy))


SAVER = """
import sys, itertools
from pathlib import Path
from motionapp.learning.modelfile import read_project, write_project
path = Path(sys.argv[1])
project = read_project(path)
print("ready", flush=True)
for _ in itertools.count():
    write_project(path, project, overwrite=True)
    print(".", end="", flush=True)
"""


def test_killed_while_it_saves_it_leaves_the_old_or_the_new_file(project_file):
    samples = read_project(project_file).samples
    folder = Path(__file__).parents[3]
    rng = np.random.default_rng(4)
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", SAVER, str(project_file)], stdout=subprocess.PIPE, cwd=folder)
        assert process.stdout.readline() == b"ready\n"
        process.stdout.read(int(rng.integers(1, 30)))  # so many saves are done; the next is under way
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()
        assert read_project(project_file).samples.identity == samples.identity
