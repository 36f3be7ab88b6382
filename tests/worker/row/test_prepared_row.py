import numpy as np
from adding import BATCHES, Adding, Independent, Streaming, make
from pools import blas_threads

from rnnbench import Batch
from rnnbench.oracle.audit.block import Start
from rnnbench.schema.messages.timing import Turn
from rnnbench.system import counters
from rnnbench.worker.row import prepared_row
from rnnbench.worker.row.prepared_row import block


def test_a_timed_row_goes_round_its_batches_and_carries_the_state():
    streaming, independent = make(Streaming()), make(Independent())
    assert [int(streaming.step()) for _ in range(5)] == [0, 101, 202, 303, 400]
    assert [int(independent.step()) for _ in range(5)] == [0, 1, 2, 3, 0]


def test_a_block_is_one_call_apart_and_the_others_together():
    program, calls = Adding(), []
    first, rest = block(program, lambda: calls.append(program.waits), 3)
    assert calls == [1, 3, 3, 3]
    assert (first.calls, rest.calls, program.waits) == (1, 3, 4)


def test_only_a_block_is_counted_in_full(monkeypatch):
    monkeypatch.setattr(counters, "delays", lambda: {"1": 5})
    first, rest = block(Adding(), lambda: None, 3)
    assert (first.delay_ns, rest.delay_ns) == (None, 0)


def test_what_a_turn_begins_with_is_drawn_by_one_thread(monkeypatch):
    """Another would spin on, and take a CPU of the blocks that follow."""
    threads = []

    def drawn(*given):
        threads.append(blas_threads())
        return Start({}, 0)

    def batches():
        while True:
            threads.append(blas_threads())
            yield Batch(np.zeros((1, 1)), None)

    row, before = make(Independent()), blas_threads()
    monkeypatch.setattr(prepared_row, "drawn_start", drawn)
    monkeypatch.setattr(row.batches, "_stream", batches())
    row.set_back(Turn(2 * BATCHES, 1, draw=3))
    assert len(threads) > BATCHES
    assert set(threads) == {1}
    assert blas_threads() == before
