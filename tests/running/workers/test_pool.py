"""The workers of a run; one pool is shared, as starting it takes a second."""

import os
import time

import psutil
import pytest
from specimens import COMPARISON, proof

from rnnbench.running.workers import pool as pools
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.messages.timing import Checked, Prepare, Prepared, Turn, Turned
from rnnbench.schema.row import Row
from rnnbench.system import allocator

GOOD, AGAIN = (Slot(Row("fake", "good"), process) for process in (0, 1))
CRASHES, GHOST = Slot(Row("fake", "crashes"), 0), Slot(Row("ghost", "only"), 0)


@pytest.fixture(scope="module")
def pool(tmp_path_factory, fake_module):
    made = Pool([], 1, tmp_path_factory.mktemp("pool"), timeout=60, allocator="kept")
    made.opened = made.open([GOOD, AGAIN, CRASHES, GHOST])
    yield made
    made.close()


def prepare(pool, slot):
    return pool.ask(slot, Prepare(COMPARISON, slot.row.variant, 0), Prepared)


def test_those_that_can_open_are_told(pool):
    opened = {slot for slot, reply in pool.opened.items() if isinstance(reply, Opened)}
    assert opened == {GOOD, AGAIN, CRASHES}
    assert pool.opened.keys() == {GOOD, AGAIN, CRASHES, GHOST}


def test_all_are_told_alike_what_to_do_with_freed_memory(pool):
    for group in pool.groups:
        assert allocator.environment("kept").items() <= psutil.Process(group).environ().items()


def test_all_know_how_long_they_may_be_silent(pool):
    for group in pool.groups:
        assert psutil.Process(group).environ()["RNNBENCH_TIMEOUT"] == "60"


def test_of_many_a_few_are_started_at_once(monkeypatch, tmp_path):
    monkeypatch.setattr(pools, "AT_ONCE", 2)
    pool, slots = Pool([], 1, tmp_path, timeout=60), [Slot(GOOD.row, k) for k in range(5)]
    refused, unfit, starting, most = Failed("failed", "none left"), Failed("oom", "many"), set(), []

    def start(slot):
        if slot.process != 1:
            starting.add(slot)
        most.append(len(starting))
        return refused if slot.process == 1 else None

    def opened(slot):
        starting.remove(slot)
        return unfit

    monkeypatch.setattr(pool, "_start", start)
    monkeypatch.setattr(pool, "_receive_opened", opened)
    assert list(pool.open(slots).items()) == [
        (s, unfit if s.process != 1 else refused) for s in slots
    ]
    assert max(most) == 2
    assert not starting


def test_one_that_cannot_open_is_not_tried_again(pool):
    why = pool.ready(GHOST)
    assert why.status == "failed"
    assert "Ghost" in why.reason
    assert pool.ready(GHOST) is why


def test_a_crash_is_one_rows_affair_and_the_worker_is_replaced(pool):
    assert isinstance(prepare(pool, GOOD), Prepared)
    assert isinstance(prepare(pool, CRASHES), Prepared)
    crashed = pool.ask(CRASHES, Turn(1, 1), Turned, bool)
    assert crashed.status == "crashed"
    assert crashed.reason.startswith("the worker ended by SIGKILL (backend 'fake' of ")
    assert crashed.reason.endswith(f": a turn); see {pool.log(CRASHES)}")
    assert pool.ask(CRASHES, Turn(1, 1), Turned, bool) == Failed("skipped", "its worker has ended")
    assert isinstance(pool.ask(GOOD, Turn(1, 1), Turned, bool), Turned)
    assert pool.ready(GOOD) is None
    assert pool.ready(CRASHES) is None
    assert isinstance(prepare(pool, CRASHES), Prepared)


def test_the_processes_of_a_row_are_apart(pool):
    assert isinstance(prepare(pool, AGAIN), Prepared)
    assert isinstance(pool.ask(AGAIN, Turn(1, 1), Turned, bool), Turned)
    assert len(pool.groups) == len({*pool.groups, os.getpgid(0)}) - 1 >= 2


def test_each_process_of_a_row_has_a_log(pool):
    assert pool.log(GOOD).name == "fake-good.log"
    assert pool.log(AGAIN).name == "fake-good-1.log"
    assert pool.log(GOOD).exists()
    assert pool.log(AGAIN).exists()


def test_several_are_asked_side_by_side_and_replaced_if_they_have_ended(pool):
    pool._workers.pop(AGAIN).kill()
    shares = []
    queues = {slot: [proof(COMPARISON, slot.row.variant)] * 2 for slot in (GOOD, AGAIN, GHOST)}
    replies = pool.ask_each(queues, Checked, shares.append)
    assert [type(reply) for slot in (GOOD, AGAIN) for reply in replies[slot]] == [Checked] * 4
    assert [reply.status for reply in replies[GHOST]] == ["failed"] * 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_one_that_crashes_is_asked_the_rest_in_another_process(pool):
    pool.ready(CRASHES)
    prepare(pool, CRASHES)
    replies = pool.ask_each({CRASHES: [Turn(1, 1), proof(COMPARISON, "good")]}, Turned, print)
    assert [reply.status for reply in replies[CRASHES]] == ["crashed"] * 2  # the last: out of turn


def test_one_that_is_silent_is_ended_and_the_others_go_on(fake_module, tmp_path):
    made = Pool([], 1, tmp_path, timeout=60)
    made.open([GOOD, AGAIN])
    made._workers[AGAIN]._timeout = 1  # not before: a busy machine takes long to start one
    made._workers[AGAIN].suspend()
    made._workers[AGAIN]._suspended = False  # it will not be resumed
    queues = {slot: [proof(COMPARISON, "good")] for slot in (GOOD, AGAIN)}
    replies = made.ask_each(queues, Checked, lambda share: None)
    made.close()
    assert isinstance(replies[GOOD][0], Checked)
    assert replies[AGAIN][0].status == "timeout"


def test_silent_workers_share_their_time(fake_module, tmp_path):
    made = Pool([], 1, tmp_path, timeout=60)
    made.open([GOOD, AGAIN])
    for slot in (GOOD, AGAIN):
        made._workers[slot]._timeout = 5
        made._workers[slot].suspend()
        made._workers[slot]._suspended = False  # it will not be resumed
    start = time.monotonic()
    queues = {slot: [proof(COMPARISON, "good")] for slot in (GOOD, AGAIN)}
    replies = made.ask_each(queues, Checked, lambda share: None)
    took = time.monotonic() - start
    made.close()
    assert took < 9
    assert [reply.status for own in replies.values() for reply in own] == ["timeout"] * 2


def test_a_worker_that_the_system_does_not_start_is_a_failure(fake_module, tmp_path, monkeypatch):
    made = Pool([], 1, tmp_path / "nowhere", timeout=60)
    opened = made.open([GOOD])
    assert opened[GOOD].status == "failed"
    reason = f"can't start a worker: {made.log(GOOD)}: No such file or directory"
    assert opened[GOOD].reason == reason
    made.close()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_log_that_is_no_file_is_one_rows_affair(fake_module, tmp_path, make):
    made = Pool([], 1, tmp_path, timeout=60)
    make(made.log(GOOD))
    opened = made.open([GOOD, AGAIN])
    made.close()
    assert opened[GOOD].status == "failed"
    assert opened[GOOD].reason == f"can't start a worker: {made.log(GOOD)}: not a regular file"
    assert isinstance(opened[AGAIN], Opened)


def test_a_replacement_that_fails_once_is_tried_again(fake_module, tmp_path, monkeypatch):
    made = Pool([], 1, tmp_path, timeout=60)
    made.open([GOOD])
    made._workers.pop(GOOD).kill()
    start = made._start
    refused = iter([Failed("failed", "no memory yet")])
    monkeypatch.setattr(made, "_start", lambda slot: next(refused, None) or start(slot))
    assert made.ready(GOOD).reason == "no memory yet"
    assert made.ready(GOOD) is None
    made.close()
