"""A row that is given one step at a time; what it answers is tried where all of it is there."""

import pytest
from adding import MODEL, Adding, Plain
from pools import blas_threads

from rnnbench.oracle.audit import block
from rnnbench.schema.messages.inference import TakeStream
from rnnbench.worker.inference.streaming import StreamedRow


class Drawn(Exception):
    """Raised where weights are drawn."""


def test_what_a_turn_begins_with_is_drawn_by_one_thread(monkeypatch):
    """Another would spin on, and take a CPU of the steps that follow."""
    threads = []

    def drawn(*given):
        threads.append(blas_threads())
        raise Drawn

    row, before = StreamedRow(Plain(), MODEL, Adding(), 1), blas_threads()
    monkeypatch.setattr(block, "drawn_start", drawn)
    with pytest.raises(Drawn):
        row.turn(TakeStream(steps=3, draw=0), begin=lambda: None)
    assert threads == [1]
    assert blas_threads() == before
