"""A table as CSV, JSON and Parquet: read back as it was."""

import csv as reader
import io
import json as standard

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from published import HOSTILE, LARGE, run, sources

from rnnbench.report.formats import csv, json, parquet
from rnnbench.report.publish import flat
from rnnbench.report.publish.selection import Selection
from rnnbench.report.tables import Column, Quantity, Table
from rnnbench.text import plain

COLUMNS = [
    Column("name", "name"),
    Column("yes", "yes", kind="flag"),
    Column("n", "n", kind="count"),
    Column("x", "x", "s", "figure"),
    Column("t", "t", "ms", "estimate", "lower"),
    Column("none", "nothing known", kind="estimate"),
]
NAMES = ["name", "yes", "n", "x", "t", "t_low", "t_high", "none", "none_low", "none_high"]
ROWS = [
    [HOSTILE, True, Quantity(3), Quantity(0.1 + 0.2), Quantity(-1.5, -2.0, -1.0), Quantity(None)],
    ["b", None, Quantity(None), Quantity(1e-300), "failed", Quantity(None)],
]
TABLE = Table("title", "setting", COLUMNS, ROWS, ["a note"])
VALUES = [
    [HOSTILE, True, 3, 0.1 + 0.2, -1.5, -2.0, -1.0, None, None, None],
    ["b", None, None, 1e-300, None, None, None, None, None, None],
]


def flat_table():
    """Return all that is known of two runs, with a name that a stranger chose."""
    records = run()
    records[0] = replace(records[0], name=HOSTILE)
    return flat.table(sources(records, run(LARGE, "r2")), Selection())


def test_csv_has_plain_numbers_and_nothing_where_nothing_is_known():
    header, *lines = reader.reader(io.StringIO(csv.render(TABLE)))
    assert header == NAMES
    assert lines == [
        [f"'{plain(HOSTILE)}", "true", "3", repr(0.1 + 0.2), "-1.5", "-2.0", "-1.0", "", "", ""],
        ["b", "", "", "1e-300", *[""] * 6],
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "=cmd|' /C calc'!A0"])
def test_a_text_is_no_formula(text):
    assert csv.safe(text) == "'" + plain(text)


@given(st.lists(st.text(), min_size=1))
@example(["=1", "\n=1", "\u200b=1"])
def test_any_text_is_one_cell_in_one_line_and_no_formula(texts):
    table = Table("", "", [Column("a", "")], [[text] for text in texts])
    written = csv.render(table)
    assert written.count("\n") == 1 + len(texts)
    lines = list(reader.reader(io.StringIO(written)))[1:]
    for (cell,), text in zip(lines, texts, strict=True) if all(texts) else ():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.removeprefix("'") == plain(text).removeprefix("'")


def test_json_is_exact():
    found = standard.loads(json.render(TABLE))
    assert [list(row) for row in found["rows"]] == [NAMES] * 2
    values = [list(row.values()) for row in found["rows"]]
    assert values == [VALUES[0], [*VALUES[1][:4], "failed", *VALUES[1][5:]]]
    assert found["notes"] == ["a note"]
    assert found["columns"][4] == {
        "key": "t",
        "group": "",
        "title": "t",
        "unit": "ms",
        "kind": "estimate",
        "better": "lower",
        "naive": None,
    }
    made = standard.loads(json.render(flat_table()))["made"]
    assert made[0]["name"] == HOSTILE
    assert made[1]["machine"]["cpus"] == 64
    assert made[1]["command"] == ["rnnbench", "run"]
    assert json.render(flat_table()).isascii()


def test_parquet_keeps_types_units_and_how_it_was_made(tmp_path):
    pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq

    found = pq.read_table(io.BytesIO(parquet.render(TABLE)))
    assert found.column_names == NAMES
    assert [list(row.values()) for row in found.to_pylist()] == VALUES
    assert list(map(str, found.schema.types)) == ["string", "bool", "int64", *["double"] * 7]
    assert found.schema.field("t_high").metadata == {
        b"title": b"t",
        b"unit": b"ms",
        b"better": b"lower",
    }
    whole = pq.read_table(io.BytesIO(parquet.render(flat_table())))
    about = standard.loads(whole.schema.metadata[b"rnnbench"])
    assert about["made"][1]["machine"]["cpu"] == "large CPU"
    assert about["made"][1]["versions"] == {"fake": "1.2"}


@given(st.lists(st.text()))
def test_json_and_parquet_keep_any_text(texts):
    pq = pytest.importorskip("pyarrow.parquet")
    table = Table("", "", [Column("a", "")], [[text] for text in texts])
    rows = [{"a": text} for text in texts]
    assert standard.loads(json.render(table))["rows"] == rows
    assert pq.read_table(io.BytesIO(parquet.render(table))).to_pylist() == rows


def test_an_empty_table_has_its_columns():
    empty = Table("", "", COLUMNS, [])
    assert csv.render(empty) == ",".join(NAMES) + "\n"
    pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq

    assert pq.read_table(io.BytesIO(parquet.render(empty))).column_names == NAMES


@pytest.fixture
def files(tmp_path):
    """The flat table as files, and its values by column."""
    pytest.importorskip("pyarrow")
    table = flat_table()
    (tmp_path / "t.csv").write_text(csv.render(table), encoding="utf-8")
    (tmp_path / "t.parquet").write_bytes(parquet.render(table))
    return tmp_path, json.row_objects(table)


def missing(value):
    return value is None or value != value


def same(found, rows, text=lambda text: text):
    """Say whether rows that were read are these; of CSV the texts are as they were made safe."""
    assert len(found) == len(rows)
    for one, other in zip(found, rows, strict=True):
        assert list(one) == list(other)
        for key, value in other.items():
            if missing(value):
                assert missing(one[key]), key
            else:
                assert one[key] == (text(value) if isinstance(value, str) else value), key


def test_pandas_reads_both_as_they_were(files):
    pandas = pytest.importorskip("pandas")
    folder, rows = files
    csv_rows = pandas.read_csv(folder / "t.csv").to_dict("records")
    same(csv_rows, rows, csv.safe)
    same(pandas.read_parquet(folder / "t.parquet").to_dict("records"), rows)


def test_polars_reads_both_as_they_were(files):
    polars = pytest.importorskip("polars")
    folder, rows = files
    same(polars.read_csv(folder / "t.csv").to_dicts(), rows, csv.safe)
    same(polars.read_parquet(folder / "t.parquet").to_dicts(), rows)


def test_duckdb_reads_both_as_they_were(files):
    duckdb = pytest.importorskip("duckdb")
    folder, rows = files
    for name, text in (("t.csv", csv.safe), ("t.parquet", str)):
        found = duckdb.sql(f"select * from '{folder / name}'")
        same([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()], rows, text)
