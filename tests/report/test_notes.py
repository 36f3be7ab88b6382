"""What stands below a block: how far its timing can be trusted."""

from msgspec.structs import replace
from rendering import tables
from specimens import (
    FAST,
    FAST_MS,
    OPENED,
    PEAK,
    PLAN,
    RUN,
    SLOW,
    SLOW_MS,
    THREE_PROCESSES,
    TIMING,
    process,
    samples,
    timed,
)

from rnnbench.analysis.run_results import row_results
from rnnbench.schema.machine import Busy, Look
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.timing import Round
from rnnbench.schema.step_product import StepProducts


def notes(*records, rows=None, timing=TIMING):
    """Return the notes below a run that trains nothing and in which no row failed."""
    run = replace(RUN, plan=replace(PLAN, seeds=[]))
    timing = replace(timing, rows=list(rows or timing.rows[:2]))
    (found,) = tables(row_results([run, *records, timing]))
    return found.notes


def test_what_holds_of_three_processes_holds_of_more_than_these():
    (found,) = [note for note in notes(timing=THREE_PROCESSES) if note.startswith("timing")]
    assert found.endswith(" of 3 processes per row")
    pairs = [timed(row.row, *row.processes * 2) for row in TIMING.rows[:2]]
    assert notes(rows=pairs)[0].endswith(" within these processes")


def test_too_few_rounds_are_told():
    few = [timed(SLOW, process(SLOW_MS[:3])), timed(FAST, process(FAST_MS[:3]))]
    unknown = "fake:second unknown, fake:good unknown"
    found = notes(rows=few)
    assert f"timing: not within ±2 %: {unknown}; within these processes" in found
    reason = "3 blocks in the time given, too few for an interval"
    assert f"not ranked: fake:second, fake:good: {reason}" in found


def test_rows_that_are_not_ranked_for_other_reasons_are_told_apart():
    hit = replace(process(FAST_MS), steps=samples([2.0] * 4) + samples([9.0] * 4, lost=9.0))
    rows = [TIMING.rows[0], timed(FAST, hit)]
    (found,) = [note for note in notes(rows=rows) if note.startswith("not ranked")]
    assert found == "not ranked: fake:good: 4 of 8 blocks undisturbed, too few for an interval"
    assert not any(note.startswith("not ranked") for note in notes())


def test_a_row_alone_is_judged_by_its_own_time():
    assert notes(rows=TIMING.rows[:1])[0].startswith("timing: not within ±2 %: fake:second ±5 %")
    still = timed(FAST, process([2.0] * 8))
    assert "timing: within ±2 %, within these processes" in notes(rows=[still])


def test_disturbed_blocks_are_counted():
    quiet = process(FAST_MS)
    hit = replace(quiet, steps=quiet.steps[:-2] + samples([50.0] * 2, lost=0.9))
    found = notes(rows=[TIMING.rows[0], timed(FAST, hit)])
    assert "2 of 16 blocks disturbed by others" in found
    alone = replace(quiet, steps=samples([50.0]))
    assert "0 of 1 block disturbed by others" in notes(rows=[timed(FAST, alone)])


def test_a_row_that_compiled_while_it_was_timed_is_named():
    traced = replace(process(FAST_MS), traces=3)
    found = notes(rows=[TIMING.rows[0], timed(FAST, traced)])
    assert "fake:good compiled 3 times while it was timed" in found
    assert not any("fake:second compiled" in note for note in found)


def test_a_row_with_another_number_of_threads_is_named():
    workers = [
        Worker(row=row, process=0, opened=replace(OPENED, threads=threads))
        for row, threads in ((FAST, 1), (SLOW, 2))
    ]
    assert [note for note in notes(*workers) if "computes" in note] == [
        "fake:good computes with 1 thread"
    ]


def test_rows_that_treat_denormals_differently_are_named():
    workers = [
        Worker(row=row, process=0, opened=replace(OPENED, denormals_flushed=flushed))
        for row, flushed in ((FAST, False), (SLOW, True))
    ]
    assert "denormals are not flushed to zero by fake:good" in notes(*workers)
    assert not any("denormals" in note for note in notes(*workers[:1], *workers[:1]))


def test_others_on_the_gpu_are_told():
    busy = replace(TIMING, rounds=[Round(0.5, 0), Round(0.5, 2)])
    assert "other processes used the GPU: 2" in notes(timing=busy)
    idle = replace(TIMING, rounds=[Round(0.5, 0)])
    assert not any("GPU" in note for note in (*notes(timing=idle), *notes()))


def test_a_row_that_is_faster_than_the_peak_contradicts_it():
    product = samples([0.2] * 6)  # of 100 rows, so 10 GFLOP/s
    record = replace(PEAK, size=100, samples=product)
    peak = "GFLOP/s, of the best matrix product"
    assert [note for note in notes(record) if "peak" in note] == [f"peak: 10.00 ±0.00 {peak}"]
    slow = replace(record, samples=samples([2.0] * 6))
    assert [note for note in notes(slow) if "peak" in note] == [
        f"peak: 1.000 ±0.000 {peak}",
        "fake:good contradicts the peak: it computes 2.0 GFLOP/s",
    ]


def test_a_row_that_is_faster_than_its_products_contradicts_the_limit():
    peak = replace(PEAK, size=100, samples=samples([0.2] * 6))
    step = replace(PEAK, shape=(2, 3, 4), samples=samples([48e-5] * 6))  # 0.1 GFLOP/s
    row = replace(TIMING.rows[1], flops=10**6, step_products=StepProducts((2, 3, 4), 10**6))
    told = notes(peak, step, timing=replace(TIMING, rows=[row]))
    assert "fake:good contradicts the limit: it takes 0.20 of the shortest time" in told


def test_where_the_products_were_disturbed_there_is_no_peak():
    few = replace(PEAK, size=100, samples=samples([0.2] * 5))
    assert "no peak: matrix products were too few, disturbed, or too far apart" in notes(few)


def test_the_load_and_who_made_it_are_told():
    look = Look(cpus=2, used=1.5, stolen=0.0, busiest=[Busy("cc1plus", 12, 1.0), Busy("x", 3, 0.5)])
    busy = replace(TIMING, look=look)
    line = "load up to 0.5 while timed, our 2 threads included"
    assert line in notes()
    assert f"{line}; before it others used 1.5 CPUs: cc1plus 1, x 0.5" in notes(timing=busy)
    one = replace(TIMING, look=replace(look, used=1.0, busiest=[Busy("cc1plus", 12, 1.0)]))
    assert f"{line}; before it others used 1 CPU: cc1plus 1" in notes(timing=one)
