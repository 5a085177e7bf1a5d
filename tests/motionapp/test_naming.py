"""Names of files made of a source."""

import pytest

from motionapp.naming import file_stem, free_path


@pytest.mark.parametrize(
    ("name", "stem"),
    [("arm.mp4", "arm"), ("Moving arm", "Moving-arm"), ("../..", "motion"), ("a/b:c?.avi", "b-c"), ("", "motion")],
)
def test_file_names_hold_only_safe_characters(name, stem):
    assert file_stem(name) == stem


def test_a_free_path_never_exists(tmp_path):
    path = tmp_path / "clip.png"
    for expected in ("clip.png", "clip-2.png", "clip-3.png"):
        free = free_path(path)
        assert free.name == expected
        free.write_bytes(b"")
