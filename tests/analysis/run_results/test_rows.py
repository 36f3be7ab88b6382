import pytest
from msgspec.structs import replace
from run_rows import alone, rows
from specimens import (
    BROKEN,
    COMPARISON,
    FAST,
    FAST_MS,
    OPENED,
    PEAK,
    PLAN,
    PLANNED,
    RECORDS,
    RUN,
    SLOW,
    TIMING,
    TRAINED,
    process,
    samples,
    timed,
)

from rnnbench.analysis.row_objects import columns
from rnnbench.analysis.run_results import row_results
from rnnbench.schema.machine import Busy, Look
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.timing import Round
from rnnbench.schema.sample import Sample
from rnnbench.schema.step_product import StepProducts

#: The interface of `rnnbench show --json`: these are never renamed or dropped.
PROMISED = (
    *("task", "cell", "backend", "variant", "device", "dtype", "threads", "status", "seeds"),
    *("params", "train_step_ms", "train_step_ms_low", "train_step_ms_high", "forward_ms"),
    *("compile_s", "first_step_s", "steps_per_s", "peak_memory_mib", "parity_error", "kernel"),
    *("loss", "score", "score_low", "score_high", "score_name", "score_higher_is_better"),
    *("naive_score", "verdict", "precision", "processes", "rounds", "clean", "ratio"),
    *("flops", "gflops", "of_peak", "examples_per_s", "tokens_per_s", "length", "batch", "hidden"),
    *("layers", "traces", "threads_used", "matmul", "denormals_flushed", "load", "gpu_strangers"),
)


def test_every_promised_column_is_there():
    names = [column.name for column in columns()]
    assert set(PROMISED) <= set(names)
    assert list(rows(RECORDS)["good"]) == names


def test_a_row_joins_timing_and_training():
    row = rows(RECORDS)["good"]
    assert row["comparison"] == COMPARISON.key
    assert (row["task"], row["cell"], row["backend"]) == ("echo", "lstm", "fake")
    assert row["train_step_ms"] == pytest.approx(2.0)
    assert (row["train_step_ms_low"], row["train_step_ms_high"]) == pytest.approx((1.9, 2.1))
    assert row["forward_ms"] == pytest.approx(0.5)
    assert (row["forward_ms_low"], row["forward_ms_high"]) == pytest.approx((0.475, 0.525))
    assert 1.9 < row["train_step_ms_p10"] < 2.0
    assert (row["first_step_s"], row["compile_s"]) == pytest.approx((0.5, 0.498))
    assert (row["steps_per_s"], row["examples_per_s"]) == pytest.approx((500, 2000))
    assert (row["peak_memory_mib"], row["traces"]) == (3.0, 0)
    assert (row["processes"], row["rounds"], row["clean"]) == (1, 8, 8)
    assert (row["threads_used"], row["matmul"], row["denormals_flushed"]) == (2, "highest", True)
    assert (row["length"], row["batch"], row["hidden"], row["layers"]) == (3, 4, 3, 1)
    assert row["data_hash"] == "ab12"


def test_the_rate_is_held_against_the_best_product_of_any_backend_there():
    peaks = [
        PEAK,
        replace(PEAK, backend="other", gflops=20.0),
        replace(PEAK, dtype="float64", gflops=99.0),
        replace(PEAK, device="gpu:0", gflops=999.0),
    ]
    row = rows([RUN, TIMING, *peaks])["good"]
    assert (row["flops"], row["gflops"]) == (4_000_000, pytest.approx(2.0))
    assert row["of_peak"] == pytest.approx(0.1)
    assert rows([RUN, TIMING])["good"]["of_peak"] is None


def test_tokens_are_counted_where_inputs_are_tokens():
    plan = replace(PLAN, comparisons=[replace(PLANNED, tokens=True)])
    row = rows([replace(RUN, plan=plan), TIMING])["good"]
    assert row["tokens_per_s"] == pytest.approx(3 * row["examples_per_s"])
    assert rows([RUN, TIMING])["good"]["tokens_per_s"] is None


def test_an_unsteady_row_has_its_figures_its_reason_and_its_score():
    unsteady = replace(TIMING.rows[1], status="unsteady", reason="its time per step still drifts")
    timing = replace(TIMING, rows=[TIMING.rows[0], unsteady])
    row = rows([RUN, timing, TRAINED, replace(TRAINED, seed=1)])["good"]
    assert (row["status"], row["reason"]) == ("unsteady", "its time per step still drifts")
    assert row["train_step_ms"] == pytest.approx(2.0)
    assert (row["score"], row["ratio"]) == (0.4, 1.0)


def test_memory_and_traces_that_nobody_knows_are_not_known():
    unknown = replace(process(FAST_MS), peak_memory=None, traces=None)
    row = rows(alone(timed(SLOW, unknown)))["second"]
    assert row["peak_memory_mib"] is row["traces"] is None
    some = [unknown, process(FAST_MS), replace(process(FAST_MS), traces=2)]
    row = rows(alone(timed(SLOW, *some)))["second"]
    assert (row["peak_memory_mib"], row["traces"]) == (3.0, 2)


def test_conditions_are_the_worst_of_all_rounds():
    timing = replace(TIMING, rounds=[Round(0.5, 0), Round(2.5, 3), Round(None, None)])
    worker = Worker(row=SLOW, process=0, opened=replace(OPENED, threads=1))
    row = rows([RUN, worker, timing])["second"]
    assert (row["load"], row["gpu_strangers"], row["threads_used"]) == (2.5, 3, 1)
    row = rows([RUN, replace(TIMING, rounds=[])])["second"]
    assert row["load"] is row["gpu_strangers"] is row["threads_used"] is None


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
    assert row_results([RUN]) == []


def test_the_memory_of_a_row_and_what_the_process_needs_before_it():
    opened = replace(OPENED, memory=50 * 2**20)
    own = replace(process(FAST_MS), added_memory=2**20)
    worker = Worker(row=TIMING.rows[1].row, process=0, opened=opened)
    found = rows([RUN, worker, replace(TIMING, rows=[timed(TIMING.rows[1].row, own)])])["good"]
    assert (found["memory_base_mib"], found["memory_added_mib"]) == (50.0, 1.0)
    assert rows(RECORDS)["good"]["memory_added_mib"] is None


def test_page_faults_are_told_by_step():
    own = replace(
        process(FAST_MS), steps=[Sample(10, 1000, 900, 0, faults=70), Sample(10, 9, 9, 0)]
    )
    found = rows([RUN, replace(TIMING, rows=[timed(TIMING.rows[1].row, own)])])["good"]
    assert found["page_faults_per_step"] == 7
    assert rows(RECORDS)["good"]["page_faults_per_step"] is None


def test_the_limit_of_a_step_is_that_of_the_products_that_wait():
    row = replace(TIMING.rows[1], flops=10**9, step_products=StepProducts((2, 3, 4), 4 * 10**8))
    square = replace(PEAK, size=1000, samples=samples([20.0] * 6))  # 100 GFLOP/s
    slow = replace(PEAK, shape=(2, 3, 4), samples=samples([48e-5] * 6))  # 0.1
    other = replace(slow, shape=(2, 3, 5))
    found = rows([RUN, replace(TIMING, rows=[row]), square, slow, other])["good"]
    least = 0.6 / 100 + 0.4 / 0.1
    assert found["of_step_limit"] == pytest.approx(least / (found["train_step_ms"] / 1e3))
    assert found["step_gflops"] == pytest.approx(0.1)
    assert rows([RUN, replace(TIMING, rows=[row]), square, other])["good"]["of_step_limit"] is None


def test_a_gpu_has_no_limit_of_a_step_since_its_small_products_are_mostly_launches():
    row = replace(TIMING.rows[1], flops=10**9, step_products=StepProducts((2, 3, 4), 4 * 10**8))
    there = replace(TIMING, rows=[row], comparison=replace(TIMING.comparison, device="gpu:0"))
    square = replace(PEAK, device="gpu:0", size=1000, samples=samples([20.0] * 6))
    slow = replace(square, shape=(2, 3, 4), samples=samples([48e-5] * 6))
    found = rows([RUN, there, square, slow])["good"]
    assert found["of_step_limit"] is None
    assert found["of_peak"] is not None


def test_a_peak_with_an_interval_gives_the_share_one():
    product = replace(PEAK, size=100, samples=samples([0.2] * 6))
    found = rows([RUN, TIMING, product])["good"]
    assert found["peak_gflops"] == pytest.approx(10.0)
    assert found["of_peak"] == pytest.approx(0.2)
    assert 0.18 < found["of_peak_low"] < 0.2 < found["of_peak_high"] < 0.22


def test_who_else_computed_is_told_of_each_row():
    look = Look(cpus=2, used=1.5, stolen=0.0, busiest=[Busy("cc1plus", 12, 1.0)])
    found = rows([RUN, replace(TIMING, look=look)])["good"]
    assert (found["others_cpus"], found["others"]) == (1.5, "cc1plus 1")
    assert rows([RUN, TIMING])["good"]["others_cpus"] is None


def test_rows_of_all_that_do_not_fit_are_not_shown_unless_nothing_else_is():
    unfit = replace(TIMING.rows[2], status="unsupported", reason="no kernel for the cell")
    plan = replace(PLAN, unnamed=[BROKEN, SLOW])
    some = replace(TIMING, rows=[*TIMING.rows[:2], unfit])
    assert set(rows([replace(RUN, plan=plan), some])) == {SLOW.variant, FAST.variant}
    assert BROKEN.variant in rows([RUN, some])  # asked for by name, or in an older file
    assert BROKEN.variant in rows([replace(RUN, plan=plan), replace(TIMING, rows=[unfit])])
    assert BROKEN.variant in rows([replace(RUN, plan=plan), TIMING])  # it has failed
