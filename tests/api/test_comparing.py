"""Two runs against each other in Python: what is told is what the command tells."""

import json

import pytest
from msgspec.structs import replace
from specimens import FAST, PLAN, RECORDS, RUN, SLOW, THREE_PROCESSES

import rnnbench as rb
from rnnbench.api.comparing import Compared
from rnnbench.api.measured_run import Run
from rnnbench.results import reader
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer
from rnnbench.schema.records.timing import Timing
from rnnbench.system import halves


def swapped(record):
    """Return a timing whose slow row is the fast one, and the other way round."""
    if not isinstance(record, Timing):
        return record
    other = {FAST: SLOW, SLOW: FAST}
    return replace(
        record, rows=[replace(one, row=other.get(one.row, one.row)) for one in record.rows]
    )


@pytest.fixture
def out(tmp_path):
    """Two runs of three processes per row, in the newer of which the fast row is slow."""
    plan = replace(PLAN, processes=3)
    before = [THREE_PROCESSES if isinstance(one, Timing) else one for one in RECORDS]
    for day, name, change in ((1, "before", lambda one: one), (2, "after", swapped)):
        (tmp_path / name).mkdir()
        with Writer(tmp_path / name / FILE) as writer:
            started = f"2026-01-0{day}T03:04:05+00:00"
            writer.write(replace(RUN, started=started, name=name, plan=plan))
            for record in map(change, before[1:]):
                writer.write(record)
    return tmp_path


def test_what_is_compared_is_what_the_command_prints(cli, out):
    found = rb.compare("before", out=out)
    ended = cli("compare", "before", "--out", out, "--json")
    rows = json.loads(ended.out)["rows"]
    assert list(found.frame().columns) == list(rows[0])
    assert list(found.frame().verdict)[:2] == [one["verdict"] for one in rows][:2]
    assert repr(found) == cli("compare", "before", "--out", out, "--format", "markdown").out
    assert len(found.table()) == 1


def test_runs_are_taken_as_they_are(out):
    old, new = rb.load("before", out=out), rb.load("after", out=out)
    assert repr(rb.compare(old, new)) == repr(rb.compare("before", "after", out=out))
    with pytest.raises(rb.UsageError, match="are the same run: nothing can have changed"):
        rb.compare(old, Run(old.records, old.file))


def test_two_processes_read_two_large_runs_as_one_does(cli, out, monkeypatch):
    for name in ("before", "after"):
        with (out / name / FILE).open("a") as file:
            file.write('{"record":"timing"')
    alone = [cli("compare", "before", "--out", out, *form) for form in ((), ["--json"])]
    monkeypatch.setattr(reader, "LARGE", 0)
    monkeypatch.setattr(halves, "may_fork", lambda: True)
    calls, both = [], halves.both
    monkeypatch.setattr(halves, "both", lambda *two: calls.append(two) or both(*two))
    assert [cli("compare", "before", "--out", out, *form) for form in ((), ["--json"])] == alone
    assert len(calls) == 2
    assert alone[0].err.count("is set aside") == 2


def test_what_is_slower_is_found_where_it_is_asked_for(out):
    found = rb.compare("before", out=out, fail_on=["slower", "failed"], threshold=0.05)
    assert isinstance(found, Compared)
    kinds = [one.kind for one in found.findings]
    assert "slower" in kinds
    assert not found.ok
    assert any("fake:good" in line for line in found.stopping)
    assert rb.compare("before", out=out, threshold="1000%").ok


def test_it_shows_itself(out):
    pytest.importorskip("jinja2", reason="the extra plot is not installed")
    shown = rb.compare("before", out=out, fail_on="slower")._repr_html_()
    assert "<table>" in shown
    assert "old: before · rnnbench" in shown
    assert "slower" in shown


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"metric": "sped"}, "--metric sped"),
        ({"fail_on": "worse"}, "--fail-on worse --metric train-step"),
        ({"threshold": 5}, "--threshold 5"),
        ({"delta": 2}, "--delta 2"),
        ({"between": ("base", "head")}, "--between base,head"),
        ({"between": "base"}, "--between base"),
    ],
)
def test_what_makes_no_sense_is_said_in_the_line_of_the_command(cli, out, options, line):
    if "fail_on" in options:
        options = options | {"metric": "train-step"}
    with pytest.raises(rb.UsageError) as raised:
        rb.compare("before", out=out, **options)
    told = cli("compare", "before", "--out", out, *line.split()).err
    assert told == f"rnnbench: {raised.value}\n"
