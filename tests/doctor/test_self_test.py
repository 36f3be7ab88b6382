import numpy as np
import pytest
from specimens import CHECKED, OPENED, PLANNED, PREPARED, SLOW, samples

from rnnbench.doctor.self_test import PROCESSES, judged, self_test, splits
from rnnbench.errors import WorkerError
from rnnbench.run.pool import Seat
from rnnbench.schema.messages import Check, Failed, Prepare, Turn, Turned


class Crew:
    """Each process takes the milliseconds that are given for it."""

    def __init__(self, milliseconds, answers=()):
        self.milliseconds = milliseconds
        self.answers = dict(answers)
        self.asked = []

    def open(self, seats):
        return {seat: self.answers.get(type(OPENED), OPENED) for seat in seats}

    def ask(self, seat, request, expect):
        self.asked.append(seat)
        (sample,) = samples([self.milliseconds[seat.process]])
        usual = {Check: CHECKED, Prepare: PREPARED, Turn: Turned(sample, sample, sample, sample)}
        return self.answers.get(type(request), usual[type(request)])


def test_a_row_is_the_same_as_itself():
    crew = Crew([10.0, 10.001, 10.0, 10.0, 10.002, 10.001])
    found = self_test(SLOW, PLANNED, crew, 0.01, lambda share: None)
    assert (found.row, found.verdict, found.alarms, found.splits) == ("fake:second", "same", 0, 10)
    assert found.ratio == pytest.approx(1.0, abs=1e-3)
    assert 0 < found.precision < 0.01
    assert set(crew.asked) == {Seat(SLOW, k) for k in range(PROCESSES)}


def test_a_false_alarm_is_told():
    found = judged("row", [np.log([1.0 + 0.1 * (k % 2)] * 8) + 1e-4 * k for k in range(6)])
    assert found.verdict == "faster"
    assert found.alarms == 1


@pytest.mark.parametrize("when", [type(OPENED), Check, Prepare, Turn])
def test_a_process_that_fails_ends_the_test_with_its_reason(when):
    crew = Crew([10.0] * PROCESSES, {when: Failed("crashed", "gone")})
    with pytest.raises(WorkerError, match="gone"):
        self_test(SLOW, PLANNED, crew, 0.01, lambda share: None)


def test_the_halves_are_all_there_are_the_even_ones_first():
    found = splits(6)
    assert found[0] == (0, 2, 4)
    assert len(found) == len(set(found)) == 10
    assert all(0 in half for half in found)
