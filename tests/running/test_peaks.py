"""The matrix products of a run: when they are measured, and by whom."""

import pytest
from msgspec.structs import replace
from scripted import SHORT, THREE, Pool, Recorder, run, timing
from specimens import COMPARISON, FAST, OPENED, PLAN, PLANNED, samples

from rnnbench.plugins.registry import Registry
from rnnbench.results.work_left import Remaining
from rnnbench.running import runner
from rnnbench.running.peaks import STEP_BLOCKS, PeakRates
from rnnbench.running.runner import Runner
from rnnbench.running.session import Session
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.messages.timing import Turn
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row


def test_the_matrix_product_is_measured_once_per_backend_and_place(believed):
    other = Row("other", "only")
    elsewhere = replace(SHORT.comparisons[0], comparison=replace(COMPARISON, dtype="float64"))
    plan = replace(THREE, rows=[*PLAN.rows, other], comparisons=[*SHORT.comparisons, elsewhere])
    recorder, pool = run(plan=plan)
    peaks = [r for r in recorder.records if isinstance(r, Peak)]
    measured = [(p.backend, p.device, p.dtype) for p in peaks]
    places = [("cpu", "float32"), ("cpu", "float64")]
    assert sorted(measured) == [(name, *place) for name in ("fake", "other") for place in places]
    assert {slot for slot, request in pool.asked if request is Gemm} == {
        Slot(FAST, 0),
        Slot(other, 0),
    }


def test_a_worker_that_ended_is_replaced_to_measure_the_matrix_product(believed):
    _, pool = run({(FAST, Turn): Failed("crashed", "gone")})
    assert pool.asked[-2:] == [(Slot(FAST, 0), "ready"), (Slot(FAST, 0), Gemm)]


def test_a_matrix_product_that_fails_is_a_record_without_a_rate(believed):
    recorder, _ = run({(FAST, Gemm): Failed("failed", "no product")})
    (peak,) = [record for record in recorder.records if isinstance(record, Peak)]
    assert (peak.gflops, peak.reason) == (None, "no product")
    assert timing(recorder).rows[0].status == "ok"


def test_products_are_measured_before_and_after_what_takes_long_and_on_a_gpu_only_after():
    slow = replace(SHORT, comparisons=[replace(PLANNED, max_time=5.0)])
    gpu = replace(slow.comparisons[0], comparison=replace(COMPARISON, device="gpu:0"))
    assert kinds_beside_workers(slow) == [Peak, Timing, *[Training] * 6, Peak]
    assert kinds_beside_workers(replace(slow, comparisons=[gpu]))[0] is Timing


def kinds_beside_workers(plan):
    """Return the kinds of the records of a run whose timing ends at once, but for its workers."""
    pool, recorder = Pool(), Recorder()
    pool.open = lambda slots: dict.fromkeys(slots, replace(OPENED, devices=["cpu", "gpu:0"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "take_turns", lambda processes, max_time, *rest: one_turn(processes))
        own = Runner(plan, Registry.of(), pool, recorder, recorder)
        own.open()
        own.run(Remaining(plan))
    return [type(record) for record in recorder.records if not isinstance(record, Worker)]


def one_turn(processes):
    for process in processes:
        process.turns.append(process.take_turn(process.turn))


def test_a_run_that_is_but_tried_measures_none():
    recorder, pool = run()
    assert Peak not in map(type, recorder.records)
    assert Gemm not in {request for _, request in pool.asked}


def test_a_product_that_failed_is_not_tried_again():
    session = Session(Pool({(FAST, Gemm): Failed("failed", "no product")}), 1)
    written = []
    rates = PeakRates(
        [("fake", "cpu", "float32")], {"fake": Slot(FAST, 0)}, session, written.append
    )
    rates.measure()
    rates.measure(last=True)
    assert [peak.reason for peak in written] == ["no product"]


def test_the_best_product_is_looked_for_at_the_first_moment_alone():
    asked = []

    class Products:
        def matrix_product(self, slot, request):
            asked.append(request.size)
            return Gemmed(100, samples([0.2]))

    rates = PeakRates(
        [("fake", "cpu", "float32")], {"fake": Slot(FAST, 0)}, Products(), lambda record: None
    )
    for _ in range(3):
        rates.measure()
    assert asked == [None, 100, 100]


def test_products_of_a_shape_are_sampled_once_on_the_fastest_and_on_a_gpu_at_the_end():
    asked, slots = [], {name: Slot(Row(name, "good"), 0) for name in ("slow", "fast", "none")}

    class Products:
        def matrix_product(self, slot, request):
            asked.append((slot.row.backend, request.device, request.blocks, request.shape))
            if slot.row.backend == "none":
                return Failed("failed", "no product")
            return Gemmed(3, samples([0.2 if slot.row.backend == "slow" else 0.1]))

    where = [(name, device, "float32") for device in ("cpu", "gpu:0") for name in slots]
    written, shape = [], (3, 4, 5)
    rates = PeakRates(where, slots, Products(), written.append)
    for device in ("gpu:0", "cpu", "cpu"):
        rates.measure_steps(device, "float32", shape)

    def on(device):
        tried = [(name, device, 1, shape) for name in slots]
        return [*tried, ("fast", device, STEP_BLOCKS, shape)]

    assert asked == on("cpu")
    assert written[0].gflops == pytest.approx(120 / 0.2e-3 / 1e9)
    assert {one.shape for one in written} == {shape}
    rates.measure(last=True)
    # What has no product at all has none of this shape.
    assert asked[-3:] == [one for one in on("gpu:0") if one[0] != "none"]
