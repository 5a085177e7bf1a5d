"""Flow files: exact round trips, agreement with OpenCV, and no trust in what a file says of itself."""

import io
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from motionapp._cv2 import cv2
from motionapp.flowfiles import read_flow, write_flow, write_picture
from motionapp.types import MotionError


@pytest.fixture
def flow():
    return np.random.default_rng(2).normal(0, 20, (2, 13, 17)).astype(np.float32)


def _png(width, height, depth=16, kind=2):
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4siiBBBBB", 13, b"IHDR", width, height, depth, kind, 0, 0, 0) + b"\0" * 40
    )


def _npz(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return content.getvalue()


def _npy(shape, data=b"", descr="<f4"):
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data


@pytest.mark.parametrize("suffix", [".flo", ".npz", ".FLO"])
def test_round_trip_is_exact_and_unknown_stays_unknown(tmp_path, flow, suffix):
    flow[0, 3, 4] = np.nan
    flow[1, 5, 6] = np.inf
    before = flow.copy()
    write_flow(tmp_path / f"a{suffix}", flow)
    np.testing.assert_array_equal(flow, before)
    back = read_flow(str(tmp_path / f"a{suffix}"))
    before[:, [3, 5], [4, 6]] = np.nan
    np.testing.assert_array_equal(back, before)
    assert back.dtype == np.float32
    assert back.flags.c_contiguous


def test_kitti_round_trip_is_within_a_half_step(tmp_path, flow):
    flow[0, 3, 4] = np.nan
    write_flow(tmp_path / "a.png", flow)
    back = read_flow(tmp_path / "a.png")
    assert np.isnan(back[:, 3, 4]).all()
    known = np.isfinite(flow[0])
    np.testing.assert_allclose(back[:, known], flow[:, known], atol=0.5 / 64 + 1e-5)


def test_flo_is_what_opencv_reads_and_writes(tmp_path, flow):
    write_flow(tmp_path / "ours.flo", flow)
    np.testing.assert_array_equal(cv2.readOpticalFlow(str(tmp_path / "ours.flo")), flow.transpose(1, 2, 0))
    assert cv2.writeOpticalFlow(str(tmp_path / "theirs.flo"), np.ascontiguousarray(flow.transpose(1, 2, 0)))
    np.testing.assert_array_equal(read_flow(tmp_path / "theirs.flo"), flow)
    assert (tmp_path / "ours.flo").read_bytes() == (tmp_path / "theirs.flo").read_bytes()


def test_kitti_png_has_the_published_layout(tmp_path):
    flow = np.array([[[1.0, -512.0]], [[-0.5, 511.984375]]], np.float32)
    write_flow(tmp_path / "a.png", flow)
    red_green_blue = cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED)[0, :, ::-1]
    np.testing.assert_array_equal(red_green_blue, [[32768 + 64, 32768 - 32, 1], [0, 65535, 1]])


def test_npz_is_plain_numpy_and_foreign_layouts_of_it_are_read(tmp_path, flow):
    write_flow(tmp_path / "a.npz", flow)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["flow"], flow)
    np.savez(tmp_path / "b.npz", flow=np.asfortranarray(flow.astype(">f8")))
    np.testing.assert_array_equal(read_flow(tmp_path / "b.npz"), flow)


def test_middlebury_truth_is_read(tmp_path):
    folder = Path(__file__).parents[3] / "shared" / "data"
    files = sorted(folder.rglob("*.flo")) if folder.is_dir() else []
    if not files:
        pytest.skip("../shared/data with .flo files is not here")
    theirs = cv2.readOpticalFlow(str(files[0])).transpose(2, 0, 1)
    ours = read_flow(files[0])
    known = (np.abs(theirs) < 1e9).all(axis=0)
    np.testing.assert_array_equal(ours[:, known], theirs[:, known])
    assert np.isnan(ours[:, ~known]).all()


LYING = {
    "huge.flo": (struct.pack("<fii", 202021.25, 2**30, 2**30), "1073741824×1073741824"),
    "negative.flo": (struct.pack("<fii", 202021.25, -5, 7) + b"\0" * 280, "-5×7"),
    "short.flo": (struct.pack("<fii", 202021.25, 5, 7) + b"\0" * 100, "100 instead of 280 bytes"),
    "long.flo": (struct.pack("<fii", 202021.25, 5, 7) + b"\0" * 300, "300 instead of 280 bytes"),
    "tag.flo": (struct.pack("<fii", 1.0, 5, 7) + b"\0" * 280, "does not begin as a .flo"),
    "empty.flo": (b"", "does not begin as a .flo"),
    "text.png": (b"hello, this is not a picture at all", "does not begin as a PNG"),
    "huge.png": (_png(2**30, 2**30), "1073741824×1073741824"),
    "broken.png": (_png(64, 64), "broken PNG"),
    "picture.png": (_png(64, 64, depth=8), "is a picture, not KITTI flow"),
    "text.npz": (b"hello", "cannot be unpacked"),
    "other.npz": (_npz(u=b"", v=b""), "holds u.npy, v.npy instead of one array named flow"),
    "more.npz": (_npz(flow=b"", extra=b""), "holds flow.npy, extra.npy"),
    "huge.npz": (_npz(flow=_npy("(2, 1000000, 1000000)")), "1000000×1000000"),
    "claims.npz": (_npz(flow=_npy("(2, 4000, 4000)", b"\0" * 64)), "fewer bytes than its shape"),
    "bomb.npz": (_npz(flow=_npy("(2, 3, 3)", b"\0" * 5_000_000)), None),
    "shape.npz": (_npz(flow=_npy("(3, 3, 2)", b"\0" * 72)), r"float32 of shape \(3, 3, 2\)"),
    "pickle.npz": (_npz(flow=_npy("(2, 1, 1)", b"\0" * 16, descr="|O")), "holds object"),
    "noise.npz": (_npz(flow=b"not numpy"), "cannot be unpacked"),
}


@pytest.mark.parametrize("name", LYING)
def test_files_that_lie_are_refused_by_name(tmp_path, name):
    content, message = LYING[name]
    (tmp_path / name).write_bytes(content)
    if message is None:  # more bytes than the shape needs are never unpacked
        assert read_flow(tmp_path / name).shape == (2, 3, 3)
        return
    with pytest.raises(MotionError, match=message) as caught:
        read_flow(tmp_path / name)
    assert name in str(caught.value)


@pytest.mark.parametrize("suffix", [".flo", ".png", ".npz"])
def test_any_truncation_is_an_error_not_half_a_field(tmp_path, flow, suffix):
    write_flow(tmp_path / f"a{suffix}", flow)
    whole = (tmp_path / f"a{suffix}").read_bytes()
    for kept in (0, 3, 11, 40, len(whole) // 2, len(whole) - 1):
        (tmp_path / f"b{suffix}").write_bytes(whole[:kept])
        with pytest.raises(MotionError):
            read_flow(tmp_path / f"b{suffix}")


def test_only_regular_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.flo")
    (tmp_path / "folder.npz").mkdir()
    for name in ("pipe.flo", "folder.npz"):
        with pytest.raises(MotionError, match=f"{name} is not a regular file"):
            read_flow(tmp_path / name)
    with pytest.raises(MotionError, match=r"absent\.flo does not exist"):
        read_flow(tmp_path / "absent.flo")
    with pytest.raises(MotionError, match="not a flow file by its name"):
        read_flow(tmp_path / "clip.mp4")


def test_nothing_is_overwritten_unasked_and_no_part_stays(tmp_path, flow):
    path = tmp_path / "a.flo"
    write_flow(path, flow)
    with pytest.raises(MotionError, match="exists already"):
        write_flow(path, flow + 1)
    np.testing.assert_array_equal(read_flow(path), flow)
    write_flow(path, flow + 1, overwrite=True)
    np.testing.assert_array_equal(read_flow(path), flow + 1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.flo"]
    (tmp_path / "folder.flo").mkdir()
    with pytest.raises(MotionError, match="exists already"):
        write_flow(tmp_path / "folder.flo", flow, overwrite=True)


def test_failed_write_leaves_the_old_file(tmp_path, flow, monkeypatch):
    path = tmp_path / "a.flo"
    write_flow(path, flow)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MotionError, match=r"a\.flo cannot be written: No space left"):
        write_flow(path, flow + 1, overwrite=True)
    np.testing.assert_array_equal(read_flow(path), flow)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.flo"]


def test_impossible_targets_are_refused(tmp_path, flow):
    with pytest.raises(MotionError, match="cannot hold flow"):
        write_flow(tmp_path / "a.txt", flow)
    with pytest.raises(MotionError, match="cannot be written"):
        write_flow(tmp_path / "absent" / "a.flo", flow)
    with pytest.raises(MotionError, match=r"Write \.flo"):
        write_flow(tmp_path / "a.png", flow + 600)
    with pytest.raises(MotionError, match="cannot hold a picture"):
        write_picture(tmp_path / "a.mp4", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match=r"shape \(2, H, W\)"):
        write_flow(tmp_path / "a.flo", flow[0])


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
@pytest.mark.parametrize("suffix", [".flo", ".png", ".npz"])
def test_tiny_fields(tmp_path, shape, suffix):
    flow = np.arange(2 * shape[0] * shape[1], dtype=np.float32).reshape(2, *shape)
    write_flow(tmp_path / f"a{suffix}", flow)
    np.testing.assert_array_equal(read_flow(tmp_path / f"a{suffix}"), flow)


def test_picture_is_written_as_rgb(tmp_path):
    picture = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    write_picture(tmp_path / "a.png", picture)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "a.png"))[..., ::-1], picture)
