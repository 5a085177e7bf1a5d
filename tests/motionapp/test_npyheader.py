"""Heads of array files: the usual ones are read, and all damage is one kind of error."""

import io

import numpy as np
import pytest

from motionapp.npyheader import read_header


def head(text, version=(1, 0)):
    content = text.encode("latin1")
    content += b" " * (118 - len(content) - 1) + b"\n"
    return b"\x93NUMPY" + bytes(version) + len(content).to_bytes(2 if version == (1, 0) else 4, "little") + content


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_heads_of_arrays_are_read(version):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros((2, 3, 5), "<f4", order="F"), version)
    file.seek(0)
    assert read_header(file) == ((2, 3, 5), True, np.dtype("<f4"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"PK\x03\x04" + bytes(100),
        head("{}", (3, 0)),
        head("{}", (9, 9)),
        head("{}"),
        head("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3"),
        head("{'descr': ("),
        head("  {\n 'a'\n  'b'"),
        head("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}"),
        head("{'descr': '<x9', 'fortran_order': False, 'shape': (2, 3)}"),
        head("{'descr': [1], 'fortran_order': False, 'shape': (2, 3)}"),
        head("(" * 90),
    ],
)
def test_damage_is_one_kind_of_error(content):
    with pytest.raises(ValueError):
        read_header(io.BytesIO(content))
