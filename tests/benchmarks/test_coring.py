"""The table of coring: every rule of ours is in it, and on the well-known picture they gain what was wanted."""

import numpy as np
import pytest

from benchmarks import coring
from kernels.coring import denoise


def test_every_rule_on_every_pyramid_is_measured():
    names = [name for name, _ in coring.ours()]
    assert len(names) == len(set(names)) == 6
    picture = np.kron([[0.2, 0.8], [0.7, 0.3]], np.ones((20, 20)))
    for _, method in coring.ours():
        found, _ = coring.measure(picture, method)
        noisy, _ = coring.measure(picture, lambda y, _sigma: y)
        assert all(better > worse for better, worse in zip(found, noisy, strict=True))


def test_the_local_rule_gains_what_was_wanted_on_the_well_known_picture():
    data = pytest.importorskip("skimage.data", reason="scikit-image is not installed")
    found, _ = coring.measure(data.camera() / 255, denoise)
    assert all(db >= wanted for db, wanted in zip(found, coring.WANTED_DB.values(), strict=True))
