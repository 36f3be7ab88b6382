"""The tables of two sides against each other."""

from msgspec.structs import replace
from pairs import BOTH, QUICK, ended, row, run, seeded, trainings
from specimens import FAST, FAST_MS, SLOW, SLOW_MS, process, timed

from rnnbench.analysis.two_runs.rows import compared_rows
from rnnbench.analysis.two_runs.sides import Sides, side
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.two_runs.tables import tables
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample

NAMES = ("old", "new")


def drawn(old, new, *metrics):
    """Return the heading, the rows and the notes of the only table."""
    metrics = metrics or ("train-step",)
    rows = compared_rows(Sides(side(old, metrics), side(new, metrics)), metrics)
    (table,) = tables(rows, metrics, NAMES)
    header = [", ".join(filter(None, heading_of(column))) for column in table.columns]
    return header, [list(map(cell_text, line)) for line in table.rows], table.notes


def test_every_row_has_a_line_and_its_verdict():
    new = run(row(factors=(2.0, 2.0, 2.0)), row(SLOW, milliseconds=SLOW_MS))
    header, rows, notes = drawn(BOTH, new)
    assert header == ["", "old, ms", "new, ms", "new / old, ×", "verdict"]
    assert [(one[0], one[-1]) for one in rows] == [("fake:good", "slower"), ("fake:second", "same")]
    assert notes == []


def test_rows_that_one_side_lacks_or_that_failed_say_so():
    _, rows, notes = drawn(BOTH, run(ended(FAST, "mismatch"), row(Row("fake", "third"))))
    assert [[line[0], *line[2:]] for line in rows] == [
        ["fake:good", "mismatch", "", "failed"],
        ["fake:third", "2.000 ±0.005", "", "new"],
        ["fake:second", "–", "", "missing"],
    ]
    assert notes == ["fake:good new mismatch: broken"]


def test_a_row_without_figures_on_both_sides_shows_how_it_ended():
    _, rows, notes = drawn(run(ended(FAST, "oom")), run(ended(FAST, "unsupported", "not here")))
    assert rows == [["fake:good", "oom", "unsupported", "", ""]]
    assert notes == ["fake:good old oom: broken", "fake:good new unsupported: not here"]


def test_a_row_without_an_undisturbed_block_is_not_called_ok():
    _, rows, _ = drawn(run(timed(FAST, process(()))), run(row(SLOW)))
    assert [line for line in rows if line[0] == "fake:good"] == [
        ["fake:good", "no figure", "–", "", "missing"]
    ]


def test_several_metrics_have_a_line_each():
    metrics = ("train-step", "memory", "score")
    records = run(row(), trained=trainings([0.4, 0.41, 0.39]), plan=seeded(3))
    header, rows, _ = drawn(records, records, *metrics)
    assert header == ["", "metric", "old", "new", "change, ×, score ±", "verdict"]
    assert [line[1] for line in rows] == ["train-step, ms", "memory, MiB", "score, error"]
    assert rows[2][4].startswith("0.0")


def test_scores_alone_have_their_difference():
    records = run(row(), trained=trainings([0.4, 0.41, 0.39]), plan=seeded(3))
    header, _, _ = drawn(records, records, "score")
    assert header == ["", "old, error", "new, error", "new - old", "verdict"]


def test_trainings_that_are_not_finished_are_told_beside_scores():
    assert drawn(QUICK, QUICK, "train-step")[2] == []
    assert drawn(QUICK, QUICK, "score", "train-step")[2] == [
        "fake:good old ok: timed, not yet trained",
        "fake:good new ok: timed, not yet trained",
    ]


def test_a_time_of_too_few_undisturbed_blocks_has_no_ratio_and_says_so():
    few = timed(FAST, process(FAST_MS[:5]))
    hit = replace(process(FAST_MS), steps=[Sample(1, 10**9, 10**9, 9, 0, 0, 10**9)] * 8)
    reason = "too few undisturbed blocks for an interval, so no ratio of train-step"
    for new, shown in ((few, "~2.0"), (timed(FAST, hit), "–")):
        _, rows, notes = drawn(QUICK, run(new))
        assert rows[0][2:] == [shown, "", "too few rounds"]
        assert notes == [f"fake:good new: {reason}"]


def test_too_few_processes_are_told():
    _, rows, notes = drawn(QUICK, run(row(factors=(2.0, 2.0))))
    assert rows[0][3:] == ["~2.00", ""]
    assert notes == [
        "no verdicts: they need --processes 3 or more on both sides, of scores --seeds 3"
    ]
