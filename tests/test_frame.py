import json

import pytest
from msgspec.structs import replace
from specimens import BROKEN, COMPARISON, PLAN, RECORDS, RUN, TIMING, TRAINED

from rnnbench import stats
from rnnbench.frame import COLUMNS, frame, objects

#: The interface of `rnnbench show --json`: these are never renamed or dropped.
PROMISED = (
    *("task", "cell", "backend", "variant", "device", "dtype", "threads", "status", "seeds"),
    *("params", "train_step_ms", "train_step_ms_low", "train_step_ms_high", "forward_ms"),
    *("compile_s", "first_step_s", "steps_per_s", "peak_memory_mib", "parity_error", "kernel"),
    *("loss", "score", "score_low", "score_high", "score_name", "score_higher_is_better"),
    "naive_score",
)


def rows(records):
    """Return the objects of ``show --json`` by variant."""
    return {row["variant"]: row for row in json.loads(json.dumps(objects(frame(records))))}


def test_every_promised_column_is_there():
    assert set(PROMISED) <= set(COLUMNS)
    assert tuple(rows(RECORDS)["good"]) == COLUMNS


def test_a_row_joins_timing_and_training():
    row = rows(RECORDS)["good"]
    assert row["comparison"] == COMPARISON.key
    assert (row["task"], row["cell"], row["backend"]) == ("echo", "lstm", "fake")
    assert row["train_step_ms"] == pytest.approx(2.0)
    assert (row["train_step_ms_low"], row["train_step_ms_high"]) == pytest.approx((1.9, 2.1))
    assert row["forward_ms"] == pytest.approx(0.5)
    assert row["forward_ms_low"] is None
    assert row["steps_per_s"] == pytest.approx(500)
    assert row["peak_memory_mib"] == 3.0
    assert row["rounds"] == 8
    assert row["denormals_flushed"] is True
    assert row["data_hash"] == "ab12"


def test_the_score_is_the_mean_over_seeds_with_its_interval():
    row, mean = rows(RECORDS)["good"], stats.mean([0.4, 0.6])
    assert (row["seeds"], row["loss"]) == (2, pytest.approx(0.6))
    assert (row["score"], row["score_low"], row["score_high"]) == (mean.value, mean.low, mean.high)


def test_one_seed_has_no_interval():
    run = replace(RUN, plan=replace(PLAN, seeds=[0]))
    row = rows([run, TIMING, TRAINED])["good"]
    assert (row["seeds"], row["score"], row["reason"]) == (1, 0.4, None)
    assert row["score_low"] is row["score_high"] is None


def test_a_failed_row_keeps_its_reason_and_nothing_else():
    row = rows(RECORDS)["raises"]
    assert (row["status"], row["reason"]) == ("failed", "RuntimeError: broken")
    assert row["train_step_ms"] is row["score"] is row["loss"] is row["ratio"] is None


def test_seeds_counts_the_trainings_that_the_score_is_over():
    failed = replace(TRAINED, seed=1, status="failed", reason="gone", score=None, curve=[])
    found = rows([RUN, TIMING, TRAINED, failed])
    assert found["raises"]["seeds"] == 0
    assert found["good"]["seeds"] == 1


def test_a_failed_training_fails_the_row():
    ended = replace(TRAINED, seed=1, status="crashed", reason="gone", score=None, curve=[])
    row = rows([RUN, TIMING, TRAINED, ended])["good"]
    assert (row["status"], row["reason"]) == ("crashed", "gone")
    assert row["train_step_ms"] == pytest.approx(2.0)


def test_a_row_with_seeds_missing_has_no_score_and_says_so():
    row = rows([RUN, TIMING, TRAINED])["good"]
    assert (row["status"], row["reason"]) == ("ok", "trained with 1 of 2 seeds")
    assert row["score"] is row["loss"] is None


def test_trainings_of_other_comparisons_and_rows_are_kept_apart():
    other = replace(TRAINED, key="another", score=9.0)
    run = replace(RUN, plan=replace(PLAN, seeds=[0]))
    found = rows([run, TIMING, TRAINED, other, replace(TRAINED, row=BROKEN)])
    assert found["good"]["score"] == 0.4


def test_a_run_without_timings_is_an_empty_table():
    table = frame([RUN])
    assert tuple(table.columns) == COLUMNS
    assert objects(table) == []
