"""What is told below a table of rows that have learnt nothing."""

from msgspec.structs import replace
from rendering import tables
from specimens import FAST, PLAN, PLANNED, RECORDS, RUN

from rnnbench.analysis.run_results import row_results
from rnnbench.schema.records.training import Training


def notes(planned=PLANNED, **changed):
    """Return the notes below a run of which the trainings of the fast row came out otherwise."""
    run = replace(RUN, plan=replace(PLAN, comparisons=[planned]))
    found = [
        replace(one, **changed) if isinstance(one, Training) and one.row == FAST else one
        for one in RECORDS[1:]
    ]
    (table,) = tables(row_results([run, *found]))
    words = ("diverged", "naive", "kept")
    return [note for note in table.notes if any(word in note for word in words)]


def test_what_has_learnt_needs_no_word():
    assert notes() == []


def test_a_loss_that_ends_above_where_it_began_is_told():
    assert notes(curve=[(1, 1.0), (10, 900.0)]) == [
        "fake:good diverged: its loss ends above where it began, at 1000 times the naive loss"
    ]


def test_rows_that_know_no_more_than_the_naive_predictor_are_named_in_one_line():
    assert notes(score=1.0) == ["not better than the naive predictor: fake:good"]
    poor = replace(PLANNED, naive_score=0.3)
    assert notes(poor, curve=[(1, 99.0), (10, 4.5)]) == [
        "not better than the naive predictor: fake:good, at 5.0 times the naive loss; fake:second"
    ]


def test_data_in_which_there_is_nothing_to_learn_are_told_once():
    assert notes(replace(PLANNED, naive_loss=0.0)) == [
        "nothing to learn: the naive predictor makes no mistake in these data"
    ]


def test_the_weights_that_early_stopping_has_kept_are_told():
    assert notes(best=6, stopped=10) == [
        "weights kept by early stopping: fake:good step 6 of 10, 6 of 10"
    ]


def test_which_rows_have_not_reached_the_target_is_told():
    aimed = replace(PLANNED, target=0.5)
    run = replace(RUN, plan=replace(PLAN, comparisons=[aimed]))
    (table,) = tables(row_results([run, *RECORDS[1:]]))
    assert table.notes[-1] == "target: error 0.5; not reached: fake:good"
    place = [column.key for column in table.columns].index("target_steps")
    fast, slow, broken = (row[place] for row in table.rows)
    assert (fast, broken.value) == ("reached by 1 of 2", None)
    assert (slow.value, slow.low, slow.high) == (10, 0, 10)
    beyond = replace(run, plan=replace(PLAN, comparisons=[replace(PLANNED, target=0.1)]))
    (table,) = tables(row_results([beyond, *RECORDS[1:]]))
    assert [row[place] for row in table.rows[:2]] == ["not reached"] * 2
    assert "target_s" not in [column.key for column in table.columns]
