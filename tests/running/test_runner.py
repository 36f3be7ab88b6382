"""The schedule of a run, with a pool that answers from a script."""

import pytest
from msgspec.structs import replace
from scripted import SHORT, THREE, Pool, Recorder, run, timing, trainings
from specimens import (
    BROKEN,
    COMPARISON,
    FAST,
    PLAN,
    PLANNED,
    RUN,
    SLOW,
    samples,
)

from rnnbench.errors import UsageError
from rnnbench.plugins.registry import Registry
from rnnbench.results.work_left import Remaining
from rnnbench.running import runner
from rnnbench.running.runner import Runner
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.peak_rate import Gemm
from rnnbench.schema.messages.timing import Check, Checked, Finish, Prepare, Turn
from rnnbench.schema.messages.training import Train
from rnnbench.schema.records.beginning import Run, Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Round, Timing
from rnnbench.schema.records.training import Training


def test_records_come_in_order_each_when_it_is_finished(believed):
    recorder, _ = run()
    kinds = [type(record) for record in recorder.records]
    assert kinds == [Worker] * 3 + [Timing] + [Training] * 6 + [Peak]
    trained = [(r.row, r.seed) for r in trainings(recorder)]
    assert trained == [(row, seed) for row in PLAN.rows for seed in PLAN.seeds]


def test_a_timed_row_has_its_samples():
    recorder, _ = run()
    fast, slow, broken = timing(recorder).rows
    assert (fast.status, slow.status, broken.status) == ("ok", "ok", "failed")
    assert (fast.params, fast.flops, fast.forward_flops, fast.kernel) == (25, 300, 100, "loop")
    (process,) = slow.processes
    assert (process.peak_memory, process.added_memory, process.traces) == (2**20, 2**18, 0)
    assert (process.first_step_s, process.check_s) == (0.5, 0.1)
    assert process.steps == samples([20.0])
    assert process.forwards == samples([8.0])
    assert process.first_steps == process.first_forwards == samples([180.0])
    assert (broken.reason, broken.processes) == ("broken", [])
    assert timing(recorder).length == 3


def test_each_process_is_opened_prepared_timed_and_finished_and_one_is_trained():
    recorder, pool = run(plan=THREE)
    workers = [(r.row, r.process) for r in recorder.records if isinstance(r, Worker)]
    assert workers == [(row, process) for row in PLAN.rows for process in range(3)]
    assert [len(row.processes) for row in timing(recorder).rows] == [3, 3, 0]
    for process in range(3):
        asked = [request for slot, request in pool.asked if slot == Slot(SLOW, process)]
        assert asked == [
            Check,
            "ready",
            Prepare,
            Turn,
            Finish,
            *([Train, Train] if process == 0 else []),
        ]


def test_a_process_that_cannot_be_prepared_speaks_for_its_row():
    recorder, pool = run({(Slot(FAST, 1), Prepare): Failed("oom", "no memory")}, THREE)
    fast, slow, _ = timing(recorder).rows
    assert (fast.status, fast.reason, slow.status) == ("oom", "no memory", "ok")
    asked = [slot.process for slot, request in pool.asked if (slot.row, request) == (FAST, Prepare)]
    assert asked == [0, 1]


@pytest.mark.parametrize("when", [Turn, Finish])
def test_a_process_that_fails_while_timed_ends_its_row_alone(when):
    recorder, _ = run({(Slot(FAST, 2), when): Failed("crashed", "gone")}, THREE)
    fast, slow, _ = timing(recorder).rows
    assert (fast.status, fast.reason, fast.processes) == ("crashed", "gone", [])
    assert (slow.status, len(slow.processes)) == ("ok", 3)


def test_the_worst_error_of_its_processes_is_the_rows():
    worse = Checked(1e-5, "loss", 0.1)
    recorder, _ = run({(Slot(FAST, 1), Check): worse}, THREE)
    fast = timing(recorder).rows[0]
    assert (fast.parity_error, fast.parity_tensor) == (1e-5, "loss")


@pytest.mark.parametrize("count", [1, 5])
def test_what_is_left_of_a_plan_is_not_looked_through_again_for_each_comparison(monkeypatch, count):
    asked = []
    monkeypatch.setattr(Remaining, "brief", property(lambda self: bool(asked.append(self))))
    many = [
        replace(PLANNED, comparison=replace(PLANNED.comparison, batch=1 + k), max_time=1e-9)
        for k in range(count)
    ]
    run(plan=replace(SHORT, comparisons=many))
    assert len(asked) == 3  # by the run, and by the moments of its parts and its own


def test_a_row_that_drifts_is_unsteady_and_has_all_its_samples_and_is_trained(monkeypatch):
    monkeypatch.setattr(runner, "steady_starts", lambda processes: {FAST: None, SLOW: 4})
    recorder, _ = run()
    fast, slow, _ = timing(recorder).rows
    assert (fast.status, fast.steady_from, len(fast.processes)) == ("unsteady", 0, 1)
    assert fast.reason == "its time per step still drifts"
    assert (slow.status, slow.reason, slow.steady_from) == ("ok", None, 4)
    assert [r.status for r in trainings(recorder) if r.row == FAST] == ["ok", "ok"]


def test_the_conditions_of_each_round_are_kept(monkeypatch):
    class Monitor:
        def __init__(self, device, own_groups):
            assert device == "cpu"

        def read(self):
            return Round(0.75, None)

    def take_turns(processes, max_time, precision, rng, after_round):
        for share in (0.5, 1.0):
            for process in processes:
                process.turns.append(process.take_turn(process.turn))
            after_round(share)

    monkeypatch.setattr(runner, "Monitor", Monitor)
    monkeypatch.setattr(runner, "take_turns", take_turns)
    recorder, _ = run()
    assert timing(recorder).rounds == [Round(0.75, None)] * 2
    assert len(timing(recorder).rows[0].processes[0].steps) == 2
    assert recorder.shares[:3] == [1.0, 0.5, 1.0]  # checked, then two rounds


def test_a_row_that_failed_is_neither_timed_nor_trained():
    recorder, pool = run()
    assert [request for slot, request in pool.asked if slot.row == BROKEN] == [Check]
    skipped = [r for r in trainings(recorder) if r.row == BROKEN]
    assert [(r.status, r.reason) for r in skipped] == [("skipped", "the row is failed")] * 2


def test_where_no_row_could_be_prepared_there_is_a_record_of_that():
    recorder, _ = run({(row, Prepare): Failed("failed", "no") for row in (FAST, SLOW)})
    assert [row.status for row in timing(recorder).rows] == ["failed"] * 3
    assert (timing(recorder).length, timing(recorder).rounds) == (None, [])


def test_a_training_that_fails_is_a_record():
    recorder, _ = run({(SLOW, Train): Failed("oom", "no memory")})
    ends = {(r.row, r.status, r.reason) for r in trainings(recorder)}
    assert {(SLOW, "oom", "no memory"), (FAST, "ok", None)} <= ends


def test_without_steps_nothing_is_trained():
    timed_only = replace(SHORT.comparisons[0], comparison=replace(COMPARISON, steps=0))
    recorder, pool = run(plan=replace(SHORT, comparisons=[timed_only]))
    assert trainings(recorder) == []
    assert Train not in {request for _, request in pool.asked}


def test_the_view_is_told_every_stage_and_how_far_it_is():
    recorder, _ = run(plan=THREE)
    expected = Remaining(THREE).stages
    assert len(recorder.stages) == len(expected) - 2  # the broken row's other processes
    assert recorder.expected == expected[1:]  # once the workers have started
    kinds = [stage.kind for stage in expected]
    assert [text.split()[0] for text in recorder.stages] == kinds[:5] + kinds[7:]
    # Checking, by process; timing, a round and its end; then a training of ten steps at five.
    assert recorder.shares == [1.0] * 3 + [1.0] * 2 + [0.5] * 4


@pytest.mark.parametrize("where", [("gpu:7", []), ("gpu:7", ["gpu:7", "gpu:8"])])
def test_a_device_that_nobody_has_ends_the_run_before_it_begins(where):
    device, devices = where
    elsewhere = replace(PLANNED, comparison=replace(COMPARISON, device=device, devices=devices))
    pool, recorder = Pool(), Recorder()
    plan = replace(PLAN, comparisons=[elsewhere])
    with pytest.raises(UsageError, match=r"no backend has the device 'gpu:7' here \(fake: cpu"):
        Runner(plan, Registry.of(), pool, recorder, recorder).open()
    assert (recorder.records, pool.asked) == ([], [])


class Watching(Recorder):
    """A view that looks at what was found whenever it may."""

    def __init__(self):
        super().__init__()
        self.seen = []
        self.records.append(RUN)

    def advance(self, share, so_far=None):
        super().advance(share)
        if so_far is not None:
            self.seen.append(so_far())


def test_what_was_found_so_far_is_told_as_it_is_recorded():
    pool, view = Pool(), Watching()
    runner = Runner(SHORT, Registry.of(), pool, view, view)
    runner.open()
    runner.run(Remaining(SHORT))
    *so_far, last = view.seen
    recorded = timing(view)
    assert last[-1] == recorded
    assert so_far
    for records in so_far:
        interim = records[-1]
        assert isinstance(records[0], Run)
        assert records[0].plan.comparisons == SHORT.comparisons
        assert not interim.complete
        assert [row.status for row in interim.rows] == [row.status for row in recorded.rows]
        steps = [process.steps for row in interim.rows for process in row.processes]
        assert {len(each) for each in steps} == {len(interim.rounds)}
    assert view.found()[1:] == [
        r for r in view.records if isinstance(r, (Worker, Timing, Training))
    ]


def test_time_is_shown_between_turns_and_never_while_a_turn_is_waited_for():
    view = Watching()

    class Waiting(Pool):
        waited = ()

        def ask(self, slot, request, expect, progress=None):
            before = view.ticks
            self.on_wait()  # as a pool does each second
            self.waited += ((type(request), view.ticks - before),)
            return super().ask(slot, request, expect, progress)

    pool = Waiting()
    runner = Runner(SHORT, Registry.of(), pool, view, view)
    runner.open()
    runner.run(Remaining(SHORT))
    assert {ticks for request, ticks in pool.waited if request in (Turn, Gemm)} == {0}
    assert {ticks for request, ticks in pool.waited if request in (Prepare, Finish, Train)} == {1}
    turns = sum(request is Turn for request, _ in pool.waited)
    assert view.ticks == turns + sum(ticks for _, ticks in pool.waited)
