import struct
import zlib

import numpy as np
import pytest

from motionapp._cv2 import cv2
from motionapp.images import ImageSource, images_in, read_image
from motionapp.sources import SourceError

from .clips import number_in, numbered


def save(path, image):
    """Encode an RGB(A) or grey image by the suffix of ``path``."""
    if image.ndim == 3:
        image = image[:, :, [2, 1, 0, *range(3, image.shape[2])]]
    path.write_bytes(cv2.imencode(path.suffix, np.ascontiguousarray(image))[1].tobytes())
    return path


def random_image(shape, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".tiff", ".ppm"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (17, 3, 3), (48, 64, 3)])
def test_lossless_files_come_back_to_the_bit(tmp_path, suffix, shape):
    image = random_image(shape)
    read = read_image(save(tmp_path / f"a{suffix}", image))
    assert read.flags.c_contiguous
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, image)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".webp"])
def test_lossy_files_come_back_nearly(tmp_path, suffix):
    read = read_image(save(tmp_path / f"a{suffix}", numbered(1234)))
    assert number_in(read) == 1234
    assert read.shape == (48, 64, 3)


@pytest.mark.parametrize("suffix", [".png", ".pgm", ".tif"])
def test_grey_is_repeated(tmp_path, suffix):
    grey = random_image((5, 7))
    read = read_image(save(tmp_path / f"a{suffix}", grey))
    np.testing.assert_array_equal(read, np.repeat(grey[:, :, None], 3, axis=2))


DEEP = [(".png", (5, 7, 3)), (".png", (5, 7)), (".pgm", (5, 7)), (".tif", (5, 7, 3))]


@pytest.mark.parametrize(("suffix", "shape"), DEEP)
def test_sixteen_bits_become_float_over_the_full_range(tmp_path, suffix, shape):
    image = random_image(shape, np.uint16)
    read = read_image(save(tmp_path / f"a{suffix}", image))
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, np.broadcast_to(image.reshape(5, 7, -1), (5, 7, 3)) / 65535, atol=1e-7)


def test_transparency_is_laid_over_black(tmp_path):
    image = np.full((2, 2, 4), 200, np.uint8)
    image[..., 3] = [[0, 255], [128, 1]]
    read = read_image(save(tmp_path / "a.png", image))
    np.testing.assert_array_equal(read[:, :, 0], [[0, 200], [100, 1]])


@pytest.mark.parametrize(("top", "white"), [(1.0, 1.0), (0.3, 1.0), (1.02, 1.0), (255.0, 255.0), (4095.0, 65535.0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_images_are_parts_of_white(tmp_path, top, white, dtype):
    image = np.linspace(0, top, 35, dtype=dtype).reshape(5, 7)
    read = read_image(save(tmp_path / "a.tif", image))
    assert read.dtype == np.float32
    np.testing.assert_allclose(read[:, :, 1], np.clip(image / white, 0, 1), atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_in_float_images_are_refused_by_name(tmp_path, bad):
    image = np.zeros((4, 4), np.float32)
    image[2, 1] = bad
    path = save(tmp_path / "bad.tif", image)
    with pytest.raises(SourceError, match=r"bad\.tif holds NaN or infinite values\."):
        read_image(path)


@pytest.mark.parametrize("value", [-1.0, 1e9])
def test_float_images_of_no_known_range_are_refused_with_the_range(tmp_path, value):
    path = save(tmp_path / "odd.tif", np.array([[0, value]], np.float32))
    with pytest.raises(SourceError, match=r"odd\.tif holds values from"):
        read_image(path)


def test_signed_integers_are_refused(tmp_path):
    path = save(tmp_path / "signed.tif", np.zeros((4, 4), np.int16))
    with pytest.raises(SourceError, match="int16"):
        read_image(path)


def test_names_in_any_script_are_read(tmp_path):
    folder = tmp_path / "Größe 画像 🎥"
    folder.mkdir()
    path = folder / "рука 1.png"
    save(path, numbered(7))
    assert number_in(read_image(path)) == 7


@pytest.mark.parametrize("content", [b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", bytes(1000)])
def test_what_is_no_image_is_refused(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"broken\.png is not an image"):
        read_image(path)


def test_a_header_that_claims_too_many_pixels_is_refused_before_decoding(tmp_path):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
    path = tmp_path / "huge.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))))
    with pytest.raises(SourceError, match=r"huge\.png is too large"):
        read_image(path)
    with pytest.raises(SourceError, match=r"long\.png is too large"):
        read_image(save(tmp_path / "long.png", np.zeros((1, 9000), np.uint8)))


def test_four_thousand_pixels_wide_is_fine(tmp_path):
    image = np.zeros((2160, 3840, 3), np.uint8)
    assert read_image(save(tmp_path / "a.bmp", image)).shape == (2160, 3840, 3)


def test_a_photo_lies_as_the_camera_noted(tmp_path):
    image = numbered(5, 64, 48)
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # orientation 6: turn clockwise
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    assert number_in(np.rot90(read_image(path))) == 5


def test_a_folder_plays_in_natural_order(tmp_path):
    for number in (1, 2, 10, 9, 100):
        save(tmp_path / f"Img{number}.png", numbered(number))
    (tmp_path / "notes.txt").touch()
    save(tmp_path / "._Img3.png", numbered(3))
    (tmp_path / "img0.png").mkdir()
    source = ImageSource(images_in(tmp_path))
    frames = list(iter(source.read, None))
    assert [number_in(frame.image) for frame in frames] == [1, 2, 9, 10, 100]
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.pts_s for frame in frames] == [source.pts(i) for i in range(5)]
    assert source.info.duration_s == pytest.approx(5 / 25)
    source.seek(3)
    assert number_in(source.read().image) == 10


def test_images_of_different_sizes_are_named_with_both_sizes(tmp_path):
    save(tmp_path / "a1.png", numbered(1, 64, 48))
    save(tmp_path / "a2.png", numbered(2, 32, 24))
    source = ImageSource(images_in(tmp_path))
    source.read()
    with pytest.raises(SourceError, match=r"a2\.png is 32×24 px but a1\.png is 64×48"):
        source.read()
    source.seek(0)
    assert number_in(source.read().image) == 1


def test_sixteen_bit_images_become_frames(tmp_path):
    save(tmp_path / "a.png", numbered(9).astype(np.uint16) * 257)
    frame = ImageSource([tmp_path / "a.png"]).read()
    np.testing.assert_array_equal(frame.image, numbered(9))
