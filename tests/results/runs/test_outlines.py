from msgspec.structs import replace
from pairs import ended, row, run
from specimens import BROKEN, FAST, SLOW

from rnnbench.results import codec
from rnnbench.results.runs.outlines import Outline, outline


def test_rows_are_counted_by_how_they_ended(tmp_path):
    records = run(row(), ended(SLOW, "unsupported"), ended(BROKEN, "crashed"))
    (tmp_path / "a").write_bytes(b"".join(map(codec.encode, records)))
    assert outline(tmp_path / "a") == Outline(rows=3, ok=1, failed=1)


def test_the_later_timing_of_a_comparison_holds(tmp_path):
    again = run(ended(FAST, "oom"))
    records = [*again, replace(run(row())[-1], elapsed=1.0)]
    (tmp_path / "a").write_bytes(b"".join(map(codec.encode, records)))
    assert outline(tmp_path / "a") == Outline(1, 1, 0)


def test_what_cannot_be_read_is_passed_over(tmp_path):
    records = [codec.encode(one) for one in run(row())]
    (tmp_path / "a").write_bytes(b"".join([*records, b"torn", b"\xff\n", b"[" * 9999, b"\n"]))
    assert outline(tmp_path / "a") == Outline(1, 1, 0)
    assert outline(tmp_path / "gone") == Outline()
