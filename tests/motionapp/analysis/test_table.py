import csv
import doctest
import io
import math

import pytest

from motionapp.analysis import table
from motionapp.analysis.table import TableWriter, cell, join_tables

pandas = pytest.importorskip("pandas")
COLUMNS = ("frame", "pts_s", "region", "mean_px_s")


def written(path, rows):
    writer = TableWriter(path, COLUMNS)
    writer.write(rows)
    writer.close()
    return path


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(table).failed == 0


def test_pandas_reads_it_with_no_options(tmp_path):
    rows = [(1, 1 / 30, "all", 1.5), (1, 1 / 30, "the arm, left", math.nan), (2, 1e4 / 3, 'say "hi"\n', 1234567.8)]
    read = pandas.read_csv(written(tmp_path / "t.csv", rows))
    assert tuple(read.columns) == COLUMNS
    assert read["frame"].tolist() == [1, 1, 2]
    assert read["region"].tolist() == ["all", "the arm, left", 'say "hi"\n']
    assert read["pts_s"].tolist() == [0.033333, 0.033333, 3333.333333]
    assert math.isnan(read["mean_px_s"][1])
    assert read["mean_px_s"][2] == 1234568.0


@pytest.mark.parametrize("name", ["=1+1", "+a", "-a", "@a", "\ta"])
def test_a_name_cannot_be_a_formula(tmp_path, name):
    path = written(tmp_path / "t.csv", [(1, 0.0, name, 0.0)])
    assert next(iter(csv.DictReader(io.StringIO(path.read_text()))))["region"] == f"'{name}"


def test_not_measured_is_empty_and_nothing_moved_is_0():
    assert cell("mean_px_s", math.nan) == ""
    assert cell("mean_px_s", 0.0) == "0"
    assert cell("mean_px_s", -0.0) == "0"
    assert cell("mean_px_s", -2.5) == "-2.5"


def test_every_row_is_there_as_soon_as_it_is_written(tmp_path):
    writer = TableWriter(tmp_path / "t.csv", COLUMNS)
    writer.write([(1, 0.0, "all", 0.0)])
    assert (tmp_path / "t.csv").read_bytes().count(b"\r\n") == 2
    writer.close()


def test_parts_join_to_what_one_table_would_be(tmp_path):
    rows = [(number, number / 30, "all", number / 7) for number in range(9)]
    whole = written(tmp_path / "whole.csv", rows).read_bytes()
    parts = [written(tmp_path / f"{begin}.csv", rows[begin : begin + 4]) for begin in range(0, 12, 4)]
    assert join_tables(parts, tmp_path / "joined.csv") == len(whole)
    assert (tmp_path / "joined.csv").read_bytes() == whole


def test_tables_of_other_columns_do_not_join(tmp_path):
    one = written(tmp_path / "one.csv", [])
    TableWriter(tmp_path / "two.csv", ("frame",)).close()
    with pytest.raises(ValueError, match=r"two\.csv has other columns"):
        join_tables([one, tmp_path / "two.csv"], tmp_path / "joined.csv")
