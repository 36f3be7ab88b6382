import numpy as np
import pytest
import scripted
from specimens import OPENED, PLANNED, SLOW, samples

from rnnbench.doctor.self_test import PROCESSES, compare_halves, compare_with_itself, splits
from rnnbench.errors import WorkerError
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Check, Prepare, Turn, Turned


class Pool(scripted.Pool):
    """Each process takes the milliseconds that are given for it."""

    def __init__(self, milliseconds, answers=()):
        super().__init__()
        self.milliseconds = milliseconds
        self.instead = dict(answers)

    def open(self, slots):
        return {slot: self.instead.get(type(OPENED), OPENED) for slot in slots}

    def ask(self, slot, request, expect, progress=None):
        usual = super().ask(slot, request, expect, progress)
        if isinstance(request, Turn):
            (sample,) = samples([self.milliseconds[slot.process]])
            usual = Turned(sample, sample, sample, sample)
        return self.instead.get(type(request), usual)


class View:
    """Remembers the stages, and what the pool was asked before."""

    def __init__(self, pool=None):
        self.pool, self.stages = pool, []

    def stage(self, text, planned=None, max_time=None):
        asked = {kind for _, kind in self.pool.asked} if self.pool else set()
        self.stages.append((text, asked))

    def advance(self, share, so_far=None):
        pass


def test_timing_begins_when_the_processes_are_ready():
    pool = Pool([10.0] * PROCESSES)
    compare_with_itself(SLOW, PLANNED, pool, 0.01, view := View(pool))
    assert view.stages == [("timing fake:second against itself", {Check, Prepare, "ready"})]


def test_a_row_is_the_same_as_itself():
    pool = Pool([10.0, 10.001, 10.0, 10.0, 10.002, 10.001])
    found = compare_with_itself(SLOW, PLANNED, pool, 0.01, View())
    assert (found.row, found.verdict, found.alarms, found.splits) == ("fake:second", "same", 0, 10)
    assert found.ratio == pytest.approx(1.0, abs=1e-3)
    assert 0 < found.precision < 0.01
    assert {slot for slot, _ in pool.asked} == {Slot(SLOW, k) for k in range(PROCESSES)}


def test_a_false_alarm_is_told():
    found = compare_halves("row", [np.log([1.0 + 0.1 * (k % 2)] * 8) + 1e-4 * k for k in range(6)])
    assert found.verdict == "faster"
    assert found.alarms == 1


@pytest.mark.parametrize("when", [type(OPENED), Check, Prepare, Turn])
def test_a_process_that_fails_ends_the_test_with_its_reason(when):
    pool = Pool([10.0] * PROCESSES, {when: Failed("crashed", "gone")})
    with pytest.raises(WorkerError, match="gone"):
        compare_with_itself(SLOW, PLANNED, pool, 0.01, View())


def test_the_halves_are_all_there_are_the_even_ones_first():
    found = splits(6)
    assert found[0] == (0, 2, 4)
    assert len(found) == len(set(found)) == 10
    assert all(0 in half for half in found)


def test_where_no_round_was_undisturbed_nothing_can_be_said():
    found = compare_halves("row", [np.full(3, np.nan)] * PROCESSES)
    assert (found.ratio, found.verdict, found.precision, found.rounds) == (None, None, None, 3)
