import json

import pytest
from msgspec.structs import replace
from specimens import (
    FAST,
    FAST_MS,
    PLAN,
    PLANNED,
    RECORDS,
    RUN,
    SLOW,
    SLOW_MS,
    TIMING,
    process,
    scaled,
    timed,
)

from rnnbench.analysis.two_runs import rows_in_both, steps
from rnnbench.errors import UsageError
from rnnbench.report import two_runs as report
from rnnbench.report.numbers import cell_text
from rnnbench.results.folders import FILE
from rnnbench.results.writer import Writer


def run(*rows):
    """Return the records of a run in which these rows were timed."""
    return [RUN, replace(TIMING, rows=list(rows))]


def in_both(old, new):
    return rows_in_both(steps(old), steps(new))


def processes(factors):
    return [process(scaled(FAST_MS, factor)) for factor in factors]


QUICK = run(timed(FAST, *processes([1.0, 1.001, 0.999])))


@pytest.mark.parametrize(
    ("factors", "verdict"),
    [
        ((2.0, 2.01, 1.99), "slower"),
        ((0.5, 0.501, 0.499, 0.5), "faster"),
        ((1.001, 1.0, 1.0, 1.001, 1.0), "same"),
        ((1.0, 1.1, 1.2), "undecided"),
    ],
)
def test_the_new_run_is_judged_whatever_the_numbers_of_processes(factors, verdict):
    (found,) = in_both(QUICK, run(timed(FAST, *processes(factors))))
    assert found.verdict == verdict
    assert found.ratio.low < found.ratio.centre < found.ratio.high


def test_fewer_than_three_processes_give_a_ratio_and_no_verdict():
    (found,) = in_both(QUICK, run(timed(FAST, *processes([2.0, 2.0]))))
    assert found.ratio.estimate.value == pytest.approx(2.0)
    assert (found.ratio.low, found.verdict) == (None, None)
    (table,) = report.tables([found])
    assert list(map(cell_text, table.rows[0][3:])) == ["~2.00", ""]
    assert table.notes == ["no verdicts: they need --processes 3 or more in both runs"]


def test_rows_of_one_run_alone_are_left_out():
    both = run(timed(FAST, process(FAST_MS)), timed(SLOW, process(SLOW_MS)))
    assert [one.row for one in in_both(both, QUICK)] == [FAST]


def test_other_data_make_another_comparison():
    plan = replace(PLAN, comparisons=[replace(PLANNED, data_hash="ffff")])
    elsewhere = [replace(RUN, plan=plan), QUICK[1]]
    with pytest.raises(UsageError, match="no row was measured in both"):
        in_both(QUICK, elsewhere)


def test_nothing_in_common_is_no_success():
    with pytest.raises(UsageError, match="no row was measured in both"):
        in_both(QUICK, run(timed(SLOW, process(SLOW_MS))))


def test_there_is_a_table_per_comparison():
    (table,) = report.tables(in_both(QUICK, run(timed(FAST, *processes([2.0, 2.0, 2.0])))))
    assert table.title == "echo · lstm"
    assert table.rows[0][0] == "fake:good"
    assert table.rows[0][-1] == "slower"
    assert table.notes == []


@pytest.fixture
def two(tmp_path):
    """Two runs in one folder."""
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        writer = Writer(tmp_path / name / FILE)
        for record in RECORDS:
            writer.write(record)
        writer.close()
    return tmp_path


def test_the_command_prints_both_headings_and_the_table(cli, two):
    ended = cli("compare", "before", "after", "--out", two)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("old: rnnbench 0.1.0")
    assert "new / old" in ended.out
    assert len(json.loads(cli("compare", "before", "after", "--out", two, "--json").out)) == 2


def test_a_run_that_does_not_exist_is_named(cli, two):
    ended = cli("compare", "before", "later", "--out", two)
    assert ended.code == 2
    assert "no run 'later'" in ended.err


def test_a_run_without_timings_is_no_success(cli, two):
    (two / "empty").mkdir()
    writer = Writer(two / "empty" / FILE)
    writer.write(RUN)
    writer.close()
    ended = cli("compare", "before", "empty", "--out", two)
    assert ended.code == 2
    assert "no row was measured in both runs" in ended.err
