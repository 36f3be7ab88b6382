import json

import numpy as np
import pytest
from msgspec.structs import replace
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
    THREE_PROCESSES,
    TIMING,
    TRAINED,
    process,
    samples,
    timed,
)

from rnnbench.analysis.row_objects import columns, objects
from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import means
from rnnbench.measure.groups import Groups
from rnnbench.schema.machine import Busy, Look
from rnnbench.schema.records import Round, Worker
from rnnbench.schema.sample import Sample

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


def rows(records, **options):
    """Return the objects of ``show --json`` by variant."""
    table = objects(row_results(records, **options))
    return {row["variant"]: row for row in json.loads(json.dumps(table))}


def alone(row, **changes):
    """Return a run with one timed row."""
    return [RUN, replace(TIMING, rows=[replace(row, **changes)])]


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


def test_a_ratio_has_an_interval_and_a_precision():
    row = rows(RECORDS)["second"]
    assert row["ratio"] == pytest.approx(2.0)
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((1.9, 2.1))
    assert row["precision"] == pytest.approx(0.05)
    assert rows(RECORDS)["good"]["ratio"] == 1.0


def test_there_is_a_verdict_from_three_processes_on():
    assert rows(RECORDS)["second"]["verdict"] is None
    found = rows([RUN, THREE_PROCESSES])
    assert (found["second"]["verdict"], found["good"]["verdict"]) == ("slower", None)
    assert (found["second"]["processes"], found["second"]["rounds"]) == (3, 24)


def test_a_verdict_is_on_the_ratio_to_the_baseline():
    found = rows([RUN, THREE_PROCESSES], baseline=SLOW)
    assert (found["second"]["verdict"], found["good"]["verdict"]) == (None, "faster")
    assert found["good"]["ratio"] == pytest.approx(0.5, rel=0.01)
    assert rows([RUN, THREE_PROCESSES], delta=0.6, baseline=SLOW)["good"]["verdict"] == "same"


def test_verdicts_are_corrected_across_the_blocks_of_the_table():
    far, near = (2.0, 2.0, 2.0), (1.996, 2.0, 2.004)
    close = replace(
        THREE_PROCESSES,
        rows=[
            timed(SLOW, *(process([1.01 * each] * 8) for each in near)),
            timed(THREE_PROCESSES.rows[1].row, *(process([each] * 8) for each in far)),
        ],
    )
    (alone,) = (row["verdict"] for row in objects(row_results([RUN, close])) if row["verdict"])
    others = [replace(planned_elsewhere(k), rows=close.rows) for k in range(20)]
    plan = replace(PLAN, comparisons=[replace(PLANNED, comparison=t.comparison) for t in others])
    many = objects(row_results([replace(RUN, plan=plan), *others]))
    assert alone == "same"
    assert {row["verdict"] for row in many} == {None, "undecided"}


def planned_elsewhere(hidden):
    comparison = replace(COMPARISON, hidden=100 + hidden)
    return replace(TIMING, comparison=comparison, key=comparison.key)


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


def two_rows(*milliseconds, common):
    """Return the objects of rows that are clean in eight rounds each, so many of them in common."""
    apart = 8 - common
    hit, (mine, theirs) = samples([9.0], lost=9.0), (samples([ms]) for ms in milliseconds)
    steps = mine * 8 + hit * apart, hit * apart + theirs * 8
    one, other = (replace(process(FAST_MS), steps=blocks) for blocks in steps)
    return rows([RUN, replace(TIMING, rows=[timed(SLOW, one), timed(FAST, other)])])


def test_rows_with_too_few_clean_rounds_in_common_have_times_and_no_ratio():
    found = two_rows(2.0, 1.0, common=5)
    assert (found["second"]["ratio"], found["good"]["ratio"]) == (None, 1.0)
    assert found["second"]["train_step_ms"] == pytest.approx(2.0)
    assert found["second"]["train_step_ms_low"] == pytest.approx(2.0)
    reason = "too few of its undisturbed blocks are of rounds that fake:good has, too"
    assert (found["second"]["unranked"], found["good"]["unranked"]) == (reason, None)
    enough = two_rows(2.0, 1.0, common=6)["second"]
    assert (enough["ratio"], enough["unranked"]) == (pytest.approx(2.0), None)


def test_a_row_with_too_few_clean_rounds_is_not_ranked_however_fast():
    few = samples([1.0] * 5) + samples([9.0] * 5, lost=9.0)
    hasty = timed(FAST, replace(process(FAST_MS), steps=few))
    found = rows([RUN, replace(TIMING, rows=[timed(SLOW, process([2.0] * 10)), hasty])])
    assert found["good"]["train_step_ms"] == pytest.approx(1.0)
    assert found["good"]["train_step_ms_low"] is found["good"]["ratio"] is None
    assert found["good"]["unranked"] == "5 of 10 blocks undisturbed, too few for an interval"
    assert (found["second"]["ratio"], found["second"]["unranked"]) == (1.0, None)


def test_blocks_that_are_too_few_of_themselves_are_told_apart_from_disturbed_ones():
    short = [timed(row, process([ms] * 2)) for row, ms in ((FAST, 2.0), (SLOW, 3.0))]
    found = rows([RUN, replace(TIMING, rows=short)])
    reason = "2 blocks in the time given, too few for an interval"
    assert {(row["ratio"], row["unranked"]) for row in found.values()} == {(None, reason)}


def test_rounds_before_a_row_was_steady_do_not_count():
    found = rows(alone(timed(SLOW, process([2.0] * 8)), steady_from=4))["second"]
    assert found["unranked"] == "4 of 8 blocks undisturbed and steady, too few for an interval"


def test_a_baseline_with_too_few_clean_rounds_is_none():
    few = timed(FAST, process([1.0] * 3))
    timing = replace(TIMING, rows=[timed(SLOW, process([2.0] * 8)), few])
    found = rows([RUN, timing], baseline=FAST)
    assert (found["second"]["ratio"], found["good"]["ratio"]) == (None, None)
    assert found["second"]["unranked"] == "fake:good has no time to rank by"


def beside_neighbours(blocks, processes=1):
    """Return a run of two rows of which others disturbed every block, ten times one of them."""
    rng = np.random.default_rng(blocks)

    def beside():
        walls = (50e6 * rng.choice([1.0, 10.0], blocks)).astype(int).tolist()
        return [Sample(5, wall, wall, 9, wall, 0, wall) for wall in walls]

    own = [
        timed(row, *(replace(process(FAST_MS), steps=beside()) for _ in range(processes)))
        for row in (SLOW, FAST)
    ]
    return [RUN, replace(TIMING, rows=own)]


@pytest.mark.parametrize("blocks", [1, 2, 7, 40])
@pytest.mark.parametrize("processes", [1, 3])
def test_beside_busy_neighbours_nothing_is_ranked(blocks, processes):
    found = rows(beside_neighbours(blocks, processes))
    for row in found.values():
        assert (row["clean"], row["rounds"]) == (0, blocks * processes)
        assert row["ratio"] is row["verdict"] is row["train_step_ms"] is row["of_peak"] is None
        assert row["unranked"].startswith(f"0 of {blocks * processes} block")


def test_a_row_that_was_never_clean_has_no_time_but_its_low_estimate():
    hit = samples([2.0] * 3) + samples([9.0], lost=9.0)
    never = replace(process(FAST_MS), steps=hit)
    row = rows(alone(timed(SLOW, never), steady_from=3))["second"]
    assert (row["status"], row["rounds"], row["clean"]) == ("ok", 4, 3)
    assert row["train_step_ms"] is row["gflops"] is row["compile_s"] is row["ratio"] is None
    assert row["train_step_ms_p10"] == pytest.approx(2.0)


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


def test_the_score_is_the_mean_over_seeds_with_its_interval():
    row, (mean,) = rows(RECORDS)["good"], means(Groups.of([[0.4, 0.6]]))
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
    assert row_results([RUN]) == []


#: Scores of the fastest row and of the other one by seed, the lower being the better.
GOOD, SECOND = (0.40, 0.45, 0.50), (0.50, 0.551, 0.601)


def trained_with(good=GOOD, second=SECOND, first=0):
    """Return a run in which both rows were trained with some seeds."""
    seeds = range(first, first + len(good))
    plan = replace(PLAN, seeds=list(seeds))
    trainings = [
        replace(TRAINED, row=row, seed=seed, score=score)
        for row, scores in ((TRAINED.row, good), (SLOW, second))
        for seed, score in zip(seeds, scores, strict=False)
    ]
    return [replace(RUN, plan=plan), TIMING, *trainings]


def test_a_score_is_judged_against_that_of_the_fastest_row():
    found = rows(trained_with())
    assert (found["second"]["score_verdict"], found["good"]["score_verdict"]) == ("worse", None)
    second = found["second"]
    assert second["score_difference"] == pytest.approx(0.1 + 0.002 / 3)
    assert second["score_difference_low"] < 0.1 < second["score_difference_high"]
    assert found["good"]["score_difference"] is None
    assert rows(trained_with(), score_delta=0.5)["second"]["score_verdict"] == "same"


def test_a_score_is_judged_against_that_of_the_baseline():
    found = rows(trained_with(), baseline=SLOW)
    assert (found["second"]["score_verdict"], found["good"]["score_verdict"]) == (None, "better")
    nobody = rows(trained_with(), baseline=BROKEN)
    assert nobody["good"]["score_verdict"] is nobody["second"]["score_verdict"] is None


def test_scores_are_judged_where_times_are_too_disturbed_for_ratios():
    """Three rounds have no interval, and so no row is the fastest: the first one is the base."""
    short = [timed(SLOW, process([4.0] * 3)), timed(TRAINED.row, process([2.0] * 3))]
    run, timing, *trainings = trained_with()
    found = rows([run, replace(timing, rows=short), *trainings])
    assert found["good"]["ratio"] is found["second"]["ratio"] is None
    assert (found["second"]["score_verdict"], found["good"]["score_verdict"]) == (None, "better")


def test_two_seeds_are_no_ground_for_a_verdict_on_a_score():
    assert rows(trained_with(GOOD[:2], SECOND[:2]))["second"]["score_verdict"] is None
    unfinished = rows(trained_with(GOOD, SECOND[:2]))
    assert unfinished["second"]["score_verdict"] is unfinished["second"]["score"] is None


def test_verdicts_on_scores_are_corrected_across_the_blocks_of_the_table():
    scores = (0.44, 0.5, 0.549)  # alone it is shown to be worse
    alone = trained_with(second=scores)
    assert rows(alone)["second"]["score_verdict"] == "worse"
    keys = [planned_elsewhere(k) for k in range(20)]
    blocks = [replace(t, key=timing.key) for timing in keys for t in alone[2:]]
    timed = [replace(timing, rows=TIMING.rows) for timing in keys]
    comparisons = [replace(PLANNED, comparison=timing.comparison) for timing in keys]
    plan = replace(PLAN, seeds=[0, 1, 2], comparisons=comparisons)
    judged = objects(row_results([replace(RUN, plan=plan), *timed, *blocks]))
    assert {row["score_verdict"] for row in judged} == {None, "undecided"}


def test_the_memory_of_a_row_and_what_the_process_needs_before_it():
    opened = replace(OPENED, memory=50 * 2**20)
    own = replace(process(FAST_MS), added_memory=2**20)
    worker = Worker(row=TIMING.rows[1].row, process=0, opened=opened)
    found = rows([RUN, worker, replace(TIMING, rows=[timed(TIMING.rows[1].row, own)])])["good"]
    assert (found["memory_base_mib"], found["memory_added_mib"]) == (50.0, 1.0)
    assert rows(RECORDS)["good"]["memory_added_mib"] is None


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
