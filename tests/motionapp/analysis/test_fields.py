"""Fields survive every format, read by us and by others, and damage is told by name."""

import json
import zipfile
from dataclasses import replace

import cv2
import h5py
import numpy as np
import pytest

from motionapp.analysis import fields as fields_module
from motionapp.analysis.fields import FieldWriter, known_flow, read_fields
from motionapp.types import MotionError

from .flows import motion_of, random_flow


def motions(count=5, shape=(9, 14)):
    return [motion_of(*random_flow(shape, seed), pts_s=0.04 * seed) for seed in range(count)]


def written(folder, kind, many, about=None):
    with FieldWriter(folder / "sub" / "clip_flow", kind, about) as writer:
        for number, motion in enumerate(many):
            writer.add(motion, 10 + 3 * number)
    return writer.paths


@pytest.mark.parametrize("kind", ["npz", "h5", "flo", "kitti"])
def test_fields_come_back_as_they_were(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(fields_module, "NPZ_BYTES", 2 * 2 * 9 * 14 * 4)
    many = motions()
    paths = written(tmp_path, kind, many)
    assert len(paths) == {"npz": 3, "h5": 1, "flo": 5, "kitti": 5}[kind]
    got = list(read_fields(paths[0] if kind == "h5" else paths[0].parent))
    assert [field.frame for field in got] == [10, 13, 16, 19, 22]
    for field, motion in zip(got, many, strict=True):
        assert field.flow.dtype == np.float32
        np.testing.assert_allclose(field.flow, known_flow(motion), atol=1 / 128 if kind == "kitti" else 0)
        assert field.pts_s == motion.frame.pts_s if kind in ("npz", "h5") else np.isnan(field.pts_s)


def test_what_was_not_measured_is_unknown():
    flow, confidence = random_flow()
    known = known_flow(motion_of(flow, confidence))
    np.testing.assert_array_equal(np.isnan(known[0]), confidence < 0.5)
    np.testing.assert_array_equal(known[:, confidence >= 0.5], flow[:, confidence >= 0.5])


def test_others_can_read_them(tmp_path):
    many = motions(2)
    flow = known_flow(many[1])
    by_opencv = cv2.readOpticalFlow(str(written(tmp_path, "flo", many)[1]))
    known = np.isfinite(flow[0])
    np.testing.assert_array_equal(by_opencv[known], np.moveaxis(flow, 0, 2)[known])
    assert (by_opencv[~known] > 1e9).all()
    picture = cv2.imread(str(written(tmp_path, "kitti", many)[1]), cv2.IMREAD_UNCHANGED)
    np.testing.assert_allclose((picture[..., 2].astype(float) - 2**15)[known] / 64, flow[0][known], atol=1 / 128)
    np.testing.assert_array_equal(picture[..., 0] == 1, known)
    with h5py.File(written(tmp_path, "h5", many, {"preset": "live"})[0]) as file:
        assert file["flow"].shape == (2, 2, 9, 14)
        assert file["flow"].chunks == (1, 2, 9, 14)
        assert file["flow"].attrs["units"].startswith("px")
        assert file.attrs["preset"] == "live"
        assert file["frame"][:].tolist() == [10, 13]
    with np.load(written(tmp_path, "npz", many, {"preset": "live"})[0]) as arrays:
        assert arrays["flow"].shape == (2, 2, 9, 14)
        assert json.loads(arrays["about"].tobytes())["preset"] == "live"


@pytest.mark.parametrize("kind", ["npz", "h5", "flo", "kitti"])
def test_the_same_fields_give_the_same_bytes_and_take_the_place_of_older_ones(tmp_path, kind):
    first = [path.read_bytes() for path in written(tmp_path, kind, motions())]
    written(tmp_path, kind, motions(3))
    assert [path.read_bytes() for path in written(tmp_path, kind, motions())] == first


def test_nothing_written_is_no_file(tmp_path):
    assert written(tmp_path, "h5", []) == written(tmp_path, "npz", []) == []


def _write_and_fail(stem, motion):
    with FieldWriter(stem, "h5") as writer:
        writer.add(motion, 1)
        raise KeyError


def test_an_error_leaves_what_was_whole(tmp_path):
    many = motions(3)
    with pytest.raises(KeyError):
        _write_and_fail(tmp_path / "f", many[0])
    assert [field.frame for field in read_fields(tmp_path / "f.h5")] == [1]
    far = replace(many[0], flow=many[0].flow + np.float32(600), confidence=np.ones_like(many[0].confidence))
    with pytest.raises(MotionError, match=r"f-000001\.png cannot hold"), FieldWriter(tmp_path / "f", "kitti") as writer:
        writer.add(far, 1)


@pytest.mark.parametrize("kind", ["npz", "h5", "flo"])
def test_a_folder_that_cannot_be_is_named(tmp_path, kind):
    (tmp_path / "file").write_text("")
    with pytest.raises(MotionError, match="cannot be written"):
        FieldWriter(tmp_path / "file" / "x", kind)
    (tmp_path / "x.h5").mkdir()
    (tmp_path / "x-000001.npz").mkdir()
    (tmp_path / "x-000001.flo").mkdir()
    with pytest.raises(MotionError, match="x"), FieldWriter(tmp_path / "x", kind) as writer:
        writer.add(motions(1)[0], 1)


@pytest.mark.parametrize("kind", ["npz", "h5"])
def test_damage_is_told_by_name(tmp_path, kind):
    (path,) = written(tmp_path, kind, motions())
    whole = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(150):
        torn = bytearray(whole[: int(generator.integers(0, len(whole)))] if generator.random() < 0.3 else whole)
        for _ in range(8):
            if torn:
                torn[int(generator.integers(0, min(len(torn), 2500)))] = int(generator.integers(0, 256))
        path.write_bytes(torn)
        said = []
        try:
            assert all(field.flow.shape[0] == 2 for field in read_fields(path))
        except MotionError as error:
            said.append(str(error))
        assert all(path.name in one for one in said)


def test_headers_are_not_believed(tmp_path):
    path = tmp_path / "lies.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, shape in (("flow", (10**6, 2, 10**3, 10**3)), ("frame", (10**6,)), ("pts_s", (10**6,))):
            with archive.open(f"{name}.npy", "w") as member:
                header = {"descr": "<f4", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(member, header)
    with pytest.raises(MotionError, match=r"lies\.npz cannot be read"):
        list(read_fields(path))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("frame.npy", "w") as member:
        for _ in range(700):
            member.write(bytes(2**20))
    with pytest.raises(MotionError, match="more than"):
        list(read_fields(path))


def test_other_files_are_refused(tmp_path):
    with pytest.raises(MotionError, match="no file with fields"):
        list(read_fields(tmp_path / "none.h5"))
    with pytest.raises(MotionError, match=r"holds no \.npz"):
        list(read_fields(tmp_path))
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["flow"] = np.zeros((3, 4))
    with pytest.raises(MotionError, match=r"other\.h5 holds no flow"):
        list(read_fields(tmp_path / "other.h5"))
    np.savez(tmp_path / "other.npz", frame=np.zeros(2), flow=np.zeros((2, 2, 3)), pts_s=np.zeros(2))
    with pytest.raises(MotionError, match=r"other\.npz holds no flow"):
        list(read_fields(tmp_path / "other.npz"))
    with pytest.raises(ValueError, match="kind"):
        FieldWriter(tmp_path / "f", "mat")
