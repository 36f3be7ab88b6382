"""Rows of torch over two devices whose processes are killed, each in a worker of its own."""

import os
import signal
import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from specimens import COMPARISON, proof

from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Checked, Prepare, Prepared, Turn, Turned
from rnnbench.schema.row import Row
from rnnbench.system.processes import tree

TWO = replace(COMPARISON, devices=["cpu:0", "cpu:1"])
FUSED, EAGER = (Slot(Row("torch", variant), 0) for variant in ("fused", "eager"))


@pytest.fixture
def pool(tmp_path, fake):
    made = Pool([], 2, tmp_path, timeout=300)
    made.open([FUSED, EAGER])
    yield made
    made.close()


def prepared(pool, slot):
    return isinstance(pool.ask(slot, Prepare(TWO, slot.row.variant, 0), Prepared), Prepared)


def rank_below(pool, slot):
    """Return the process of the one other rank of a worker."""
    (pid,) = tree.children(pool._workers[slot].group)
    return pid


def is_there(pid):
    return Path(f"/proc/{pid}").exists() and not tree.is_zombie(pid)


def test_a_rank_that_is_killed_is_one_failed_row_and_a_worker_takes_its_ranks_along(pool):
    for slot in (FUSED, EAGER):
        found = pool.ask(slot, proof(TWO, slot.row.variant), Checked)
        assert isinstance(found, Checked), found
        assert found.parity_error < 1e-5
        assert prepared(pool, slot)
    killed, kept = rank_below(pool, FUSED), rank_below(pool, EAGER)
    os.kill(killed, signal.SIGKILL)
    lost = pool.ask(FUSED, Turn(3, 1), Turned, bool)
    assert lost == Failed("failed", "rank 1 of 2 (cpu:1) ended by SIGKILL")
    assert isinstance(pool.ask(EAGER, Turn(3, 1), Turned, bool), Turned)
    assert rank_below(pool, EAGER) == kept
    assert prepared(pool, FUSED)  # the worker has another one
    assert not is_there(killed)

    os.kill(pool._workers[EAGER].group, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_there(kept):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert pool.ask(EAGER, Turn(3, 1), Turned, bool).status == "crashed"
    last = rank_below(pool, FUSED)
    pool.close()
    assert not is_there(last)
