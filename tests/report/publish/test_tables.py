"""Tables of several runs: by comparison, flat, and as a pivot."""

import dataclasses
import json

import pytest
from msgspec.structs import replace
from published import LARGE, WIDE, planned, run, sources
from specimens import MACHINE, PLANNED

from rnnbench.errors import UsageError
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.one_run.columns import facts
from rnnbench.report.publish import blocks, flat, pivot, publication
from rnnbench.report.publish.selection import METRICS, Selection, chosen, selection
from rnnbench.report.tables import Quantity

#: What a run without a name is called, by when it began.
BEGAN = "20260102T030405Z"
ALL, ONE_ROW = Selection(), selection(["row=fake:good"])


def texts(table):
    """Return what stands in each cell."""
    return [list(map(cell_text, row)) for row in table.rows]


def heads(table):
    return [", ".join(filter(None, heading_of(column))) for column in table.columns]


def best(table):
    """Return the row and the column of each marked cell."""
    return [
        (row[0], column.key)
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if isinstance(cell, Quantity) and cell.best
    ]


def test_one_run_is_as_it_is_shown(shown):
    (found,) = blocks.tables(sources(run()), ALL)
    assert (found.title, found.columns, found.rows) == (
        shown[0].title,
        shown[0].columns,
        shown[0].rows,
    )
    assert found.made[0].command == ["rnnbench", "run"]


def test_runs_of_one_machine_are_called_runs():
    (found,) = blocks.tables(sources(run(), run(run="r2", name="again")), ALL)
    assert found.columns[1].title == "run"
    assert [row[1] for row in texts(found)] == [BEGAN] * 3 + ["again"] * 3


def test_machines_stand_in_one_table_and_the_best_is_that_of_each():
    (found,) = blocks.tables(sources(run(), run(LARGE, "r2")), ALL)
    assert found.columns[1].title == "machine"
    assert [row[:2] for row in texts(found)] == [
        [row, machine]
        for machine in ("some CPU, 2 CPUs", "large CPU, 64 CPUs")
        for row in ("fake:good", "fake:second", "fake:raises")
    ]
    fastest = [("fake:good", "train_step_ms"), ("fake:good", "ratio")] * 2
    assert [one for one in best(found) if one[1] != "score"] == fastest
    assert "large CPU, 64 CPUs: fake:raises failed: RuntimeError: broken" in found.notes
    told = "machines were not measured side by side: ratios, and what is best, are of each"
    assert found.notes[-1] == told
    assert len(found.made) == 2


def test_runs_of_one_machine_are_told_by_their_names():
    found = sources(run(name="before"), run(run="r2"), run(LARGE, "r3"))
    assert [one.label for one in found] == [
        "some CPU, 2 CPUs · before",
        f"some CPU, 2 CPUs · {BEGAN}",
        "large CPU, 64 CPUs",
    ]
    with pytest.raises(UsageError, match=f"run {BEGAN} is given twice"):
        sources(run(), run())
    same = sources(run(name="a"), run(run="r2", name="a"), run(LARGE, "r3", name="a"))
    assert [one.label for one in same] == [
        "some CPU, 2 CPUs · a, r1",  # which began in one minute
        "some CPU, 2 CPUs · a, r2",
        "large CPU, 64 CPUs",
    ]


def test_a_gpu_names_the_machine():
    on_gpu = replace(MACHINE, gpus=["Some GPU, 1.2"])
    gpu = run(on_gpu, "r2", planned=[planned(device="gpu:0")])
    assert [one.label for one in sources(run(), gpu)] == ["some CPU, 2 CPUs", "Some GPU"]


def test_what_was_measured_on_other_data_is_never_in_the_same_table():
    other = [replace(PLANNED, data_hash="cd34")]
    both = sources(run(), run(LARGE, "r2", planned=other))
    found = blocks.tables(both, ALL)
    assert [one.setting.rpartition(" · ")[2] for one in found] == ["data ab12", "data cd34"]
    reason = (
        "not comparable: echo · lstm of large CPU, 64 CPUs with that of some CPU, 2 CPUs: the data "
        "differ, cd34 and ab12"
    )
    assert all(one.notes[-1] == reason for one in found)
    wide = pivot.table(chosen(both, ONE_ROW), "machine", ["train_step_ms"], ALL)
    known = [[cell is not None for cell in row[1:]] for row in wide.rows]
    assert sorted(known) == [[False, True], [True, False]]
    assert reason in wide.notes


def test_columns_of_choice_stand_in_their_order():
    (found,) = blocks.tables(sources(run()), selection(columns="kernel,run,row,ratio"))
    assert [column.key for column in found.columns] == ["row", "run", "kernel", "ratio"]
    (found,) = blocks.tables(sources(run()), selection(columns="run"))
    assert texts(found)[0] == ["fake:good", BEGAN]


@pytest.mark.parametrize(
    ("sort", "rows"),
    [
        (
            "run",
            ["good again", "second again", "raises again", "good r1", "second r1", "raises r1"],
        ),
        (
            "-run",
            ["good r1", "second r1", "raises r1", "good again", "second again", "raises again"],
        ),
        (
            "row",
            ["good r1", "raises r1", "second r1", "good again", "raises again", "second again"],
        ),
    ],
)
def test_the_runs_in_one_table_have_the_order_that_is_asked_for(sort, rows):
    both = sources(run(name="r1"), run(run="r2", name="again"))
    (found,) = blocks.tables(both, selection(columns="run", sort=sort))
    assert [f"{row.removeprefix('fake:')} {name}" for row, name in texts(found)] == rows
    assert [one.called for one in found.made] == list(dict.fromkeys(one.split()[1] for one in rows))


def test_ratios_to_a_row_that_is_left_out_are_told():
    kept = chosen(sources(run()), selection(["variant=second"]))
    (found,) = blocks.tables(kept, ALL)
    assert found.notes[-1] == "ratios are to the fastest row, which is not shown"


def test_ratios_to_a_row_that_is_left_out_are_told_below_a_pivot():
    kept = chosen(sources(run()), selection(["variant=second"]))
    told = "ratios are to the fastest row, which is not shown"
    assert told in pivot.table(kept, "backend", ["ratio"], ALL).notes
    assert told not in pivot.table(kept, "backend", ["train_step_ms"], ALL).notes
    assert told not in pivot.table(sources(run()), "backend", ["ratio"], ALL).notes


def test_each_load_below_a_pivot_stands_with_its_own_threads():
    both = sources(run(), run(LARGE, "r2"))
    busy, wide = both
    loaded = [replace(one, load=1.5, threads=16) for one in wide.results]
    wide = dataclasses.replace(wide, results=loaded)
    found = pivot.table([busy, wide], "machine", ["train_step_ms"], ALL).notes
    assert [line for line in found if line.startswith("load")] == [
        "load up to 0.5 while timed, our 2 threads included",
        "load up to 1.5 while timed, our 16 threads included",
    ]


def test_the_flat_table_has_all_that_is_known():
    found = flat.table(sources(run(), run(LARGE, "r2")), ALL)
    assert [column.key for column in found.columns] == ["machine", "run", *facts()]
    assert [row[:2] for row in texts(found)][::3] == [
        ["some CPU, 2 CPUs, Linux 6", BEGAN],
        ["large CPU, 64 CPUs, Linux 6", BEGAN],
    ]
    asked = flat.table(sources(run()), selection(columns="row,ratio", sort="-ratio"))
    assert [row[0] for row in asked.rows] == ["fake:second", "fake:good", "fake:raises"]


def test_a_pivot_has_a_row_per_backend_and_a_column_for_all_else():
    found = pivot.table(sources(run(planned=WIDE)), "backend", ["train_step_ms"], ALL)
    assert heads(found) == [
        "",
        *(f"{t} · {c}, ms" for t in ("echo", "adding") for c in ("lstm", "gru")),
    ]
    assert texts(found) == [
        ["fake:second", *["4.0 ±0.2"] * 4],
        ["fake:good", *["2.0 ±0.1"] * 4],
        ["fake:raises", *["failed"] * 4],
    ]
    assert {row for row, _ in best(found)} == {"fake:good"}
    assert found.title == "train step by backend"
    assert found.setting == "cpu, 2 threads, float32 · some CPU, 2 CPUs, Linux 6"
    all_four = "echo · lstm, echo · gru, adding · lstm, adding · gru"
    assert found.notes[0] == f"{all_four}: fake:raises failed: RuntimeError: broken"
    assert found.notes[1] == "T 3, batch 4, 1 → 3 → 1"
    assert "timing: 95 % intervals, within these processes" in found.notes
    assert len({column.key for column in found.columns}) == 5


def test_a_pivot_says_the_sizes_of_each_task():
    (first, *_), (second, *_) = (
        one.results for one in sources(run(), run(run="r2", planned=WIDE[2:]))
    )
    wider = replace(first, sizes="T 9")
    assert list(pivot.sizes([first, replace(second, sizes="T 9")])) == [
        "echo: T 3, batch 4, 1 → 3 → 1",
        "adding: T 9",
    ]
    assert list(pivot.sizes([first, wider, second])) == [
        "echo: T 3, batch 4, 1 → 3 → 1; T 9",
        "adding: T 3, batch 4, 1 → 3 → 1",
    ]


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        ("cell", ["lstm", "gru"]),
        ("task", ["echo", "adding"]),
        ("machine", ["some CPU, 2 CPUs, Linux 6"]),
    ],
)
def test_other_pivots_mark_nothing_as_the_best(which, rows):
    found = pivot.table(sources(run(planned=WIDE)), which, ["train_step_ms", "score"], ALL)
    assert [row[0] for row in found.rows] == rows
    assert best(found) == []
    assert len(found.columns) == 1 + 2 * 12 // len(rows)


def test_scores_of_several_tasks_bear_their_names():
    other = replace(planned(task="adding"), score_name="accuracy", higher_is_better=True)
    found = pivot.table(sources(run(planned=[PLANNED, other])), "task", ["score"], ALL)
    errors, accuracies = texts(found)
    assert [found.rows[row][1].unit for row in (0, 1)] == ["error ↓", "accuracy ↑"]
    assert errors[1].endswith(" error ↓")
    assert accuracies[1].endswith(" accuracy ↑")
    assert found.columns[1].better is None
    told = [line for line in found.notes if ": naive" in line]
    assert told == ["echo · lstm: naive error 1.00", "adding · lstm: naive accuracy 1.00"]
    alone = pivot.table(sources(run(planned=[PLANNED, other])), "backend", ["score"], ALL)
    assert heads(alone)[1:] == ["echo · error ↓, naive 1.00", "adding · accuracy ↑, naive 1.00"]
    assert not any(": naive" in line for line in alone.notes)


def test_what_to_hold_a_score_against_is_told_where_there_is_one():
    other = replace(planned(task="adding"), score_name="accuracy")
    (one,) = sources(run(planned=[PLANNED, other]))
    results = [
        one if one.task == "echo" else replace(one, score=None, loss=None) for one in one.results
    ]
    both = [dataclasses.replace(one, results=results)]
    found = pivot.table(both, "task", ["score", "loss"], ALL)
    assert [line for line in found.notes if ": naive" in line] == [
        "echo · lstm: naive error 1.00",
        "echo · lstm: naive loss 0.900",
    ]


def test_programs_are_told_what_each_score_is_where_they_are_not_all_of_one_kind():
    other = replace(planned(task="adding"), score_name="accuracy", higher_is_better=True)
    both = sources(run(planned=[PLANNED, other]))
    found = json.loads(
        publication.drawn(both, ALL, publication.Asked("json", "task", ["score", "loss"]))
    )
    told = [
        [row[f"fake:good/{key}"] for key in ("score_name", "score_higher_is_better", "naive_score")]
        for row in found["rows"]
    ]
    assert told == [["error", False, 1.0], ["accuracy", True, 1.0]]
    assert [row["fake:good/naive_loss"] for row in found["rows"]] == [0.9, 0.9]
    alone = publication.drawn(both, ALL, publication.Asked("csv", "backend", ["score"]))
    assert b"score_name" not in alone


def test_losses_of_several_tasks_have_what_to_hold_them_against_below():
    both = [PLANNED, replace(planned(task="adding"), naive_loss=0.5)]
    found = pivot.table(sources(run(planned=both)), "task", ["loss"], ALL)
    told = [line for line in found.notes if ": naive" in line]
    assert told == ["echo · lstm: naive loss 0.900", "adding · lstm: naive loss 0.500"]


@pytest.mark.parametrize("form", ["markdown", "latex", "json", "parquet"])
def test_a_caption_leaves_what_the_table_shows_below_it(form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    asked = publication.Asked(form, pivot="cell", metrics=["train_step_ms"], caption="My words")
    (found,) = publication.tables(sources(run()), ALL, asked)
    assert found.title == "My words"
    assert found.notes[0].startswith("train step by cell · echo · ")
    assert b"train step by cell" in publication.drawn(sources(run()), ALL, asked)


def test_steps_and_seconds_to_a_target_may_stand_in_a_pivot():
    aimed = sources(run(planned=[replace(planned(), target=0.45)]))
    metrics = [METRICS[name] for name in ("steps-to-target", "to-target")]
    found = pivot.table(aimed, "backend", metrics, ALL)
    assert texts(found) == [
        ["fake:second", "10 [0.0, 10]", "0.040 [0.0, 0.042]"],
        ["fake:good", "reached by 1 of 2", "–"],
        ["fake:raises", "failed", "failed"],
    ]


def test_what_differs_in_its_settings_has_columns_of_its_own():
    sized = [planned(), planned(hidden=5), planned(lr=0.5), planned(threads=4)]
    found = pivot.table(sources(run(planned=sized)), "backend", ["train_step_ms"], ALL)
    assert len(found.columns) == 5
    assert len(set(heads(found))) == 5


def test_figures_of_a_pivot_stand_where_they_were_measured():
    """Each is found again by the names of its row and its column."""
    found = pivot.table(
        sources(run(planned=WIDE), run(LARGE, "r2")), "cell", ["train_step_ms"], ALL
    )
    columns = {column.key: number for number, column in enumerate(found.columns)}
    slow = columns["echo/fake:second/some CPU, 2 CPUs/train_step_ms"]
    large = columns["adding/fake:good/some CPU, 2 CPUs/train_step_ms"]
    assert [cell_text(row[slow]) for row in found.rows] == ["4.0 ±0.2"] * 2
    assert [cell_text(row[large]) for row in found.rows] == ["2.0 ±0.1"] * 2
    missing = columns["echo/fake:good/large CPU, 64 CPUs/train_step_ms"]
    assert [cell_text(row[missing]) for row in found.rows] == ["2.0 ±0.1", "–"]


def test_a_scaling_run_has_its_fits_as_well():
    records = run(planned=[planned(batch=size) for size in (1, 2, 4, 8)])
    records[0] = replace(records[0], plan=replace(records[0].plan, scale="batch"))
    found = publication.tables(sources(records), ALL, publication.Asked())
    assert [one.title for one in found][-2:] == ["echo · lstm · over batch", "how it grows"]
    assert all(one.made for one in found)
    pivoted = publication.tables(sources(records), ALL, publication.Asked(pivot="backend"))
    assert len(pivoted) == 1


@pytest.mark.parametrize("which", ["backend", "cell", "task", "machine"])
def test_a_pivot_says_that_its_runs_were_not_measured_side_by_side(which):
    told = "were not measured side by side"
    for others, what in (((run(run="r2"),), "runs"), ((run(LARGE, "r2"),), "machines")):
        found = pivot.table(sources(run(), *others), which, ["ratio"], ALL)
        assert [note for note in found.notes if told in note] == [f"{what} {told}"]
    assert not any(
        told in note for note in pivot.table(sources(run()), which, ["ratio"], ALL).notes
    )


def test_a_pivot_says_how_rows_were_trained_and_to_what_if_that_is_shown():
    for metric, count in (("score", 1), ("target_steps", 1), ("train_step_ms", 0)):
        found = pivot.table(sources(run()), "backend", [metric], ALL)
        told = "echo · lstm: trained: 10 steps of adam, lr 0.001, 2 seeds"
        assert list(found.notes).count(told) == count


def test_comparisons_that_differ_in_their_steps_are_told_apart_by_these():
    planned_ones = (planned(steps=10), planned(steps=20))
    found = pivot.table(sources(run(planned=planned_ones)), "backend", ["train_step_ms"], ALL)
    assert heads(found)[1:] == ["echo, 10 steps, ms", "echo, 20 steps, ms"]


def test_what_was_planned_and_not_measured_is_told_below_every_table():
    left = [planned(task="adding", hidden=number) for number in range(4, 8)]
    records = run()
    cut = [replace(records[0], plan=replace(records[0].plan, comparisons=[PLANNED, *left]))]
    (found,) = sources([*cut, *records[1:]])
    told = f"planned, and not measured: {', '.join([f'adding · lstm, {PLANNED.sizes}'])}"
    assert found.made.unfinished == told
    assert told in found.made.lines
    assert found.made.heading.endswith(told)
    (whole,) = sources(records)
    assert (whole.made.unfinished, len(whole.made.lines)) == ("", 2)


def test_of_many_comparisons_that_are_missing_some_are_named():
    left = [planned(task=f"task {number}") for number in range(5)]
    records = run()
    cut = [replace(records[0], plan=replace(records[0].plan, comparisons=[PLANNED, *left]))]
    (found,) = sources([*cut, *records[1:]])
    assert "task 2" in found.made.unfinished
    assert found.made.unfinished.endswith(", 2 more")
