"""What tables show of a file, read without the rest of it."""

from msgspec.structs import replace
from specimens import RUN, TIMING, TRAINED

from rnnbench.analysis.run_results import row_results
from rnnbench.results import codec, reader
from rnnbench.results.shown_records import Unread
from rnnbench.schema.records.timing import Timing


def test_tables_are_the_same_without_the_first_calls_of_turns(tmp_path):
    path = tmp_path / "results.jsonl"
    path.write_bytes(b"".join(map(codec.encode, (RUN, TIMING, TRAINED))))
    whole, shown = reader.load(path), reader.load(path, to_show=True)
    (timing,) = (one for one in shown.records if isinstance(one, Timing))
    process = timing.rows[0].processes[0]
    assert process.steps == TIMING.rows[0].processes[0].steps
    assert process.first_steps == process.first_forwards == Unread()
    assert row_results(shown.records) == row_results(whole.records)
    assert shown.faults == whole.faults == []


def test_what_is_shown_is_held_against_the_plan_all_the_same(tmp_path):
    process = replace(TIMING.rows[0].processes[0], steps=[])
    row = replace(TIMING.rows[0], processes=[process])
    path = tmp_path / "results.jsonl"
    lines = (RUN, replace(TIMING, rows=[row, *TIMING.rows[1:]]))
    path.write_bytes(b"".join(map(codec.encode, lines)))
    (fault,) = reader.load(path, to_show=True).faults
    assert fault.line == 2
    assert "not one sample per round" in fault.what
