from dataclasses import dataclass
from typing import ClassVar

import pytest
from fake_plugin import Leaky

from rnnbench.errors import UsageError
from rnnbench.models.cell import Cell
from rnnbench.oracle.probe import probe
from rnnbench.plugins.builtin import rnnbench_cells


@dataclass(frozen=True)
class Faulty(Cell):
    name: ClassVar[str] = "faulty"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    fault: str = "raises"

    def step(self, xp, p, x, state):
        (h,) = state
        if self.fault == "mutates":
            h *= 0.5
        if self.fault == "misfits":
            x = x @ p["w_h"][0]
        if self.fault == "forgets":
            return h
        if self.fault == "grows":
            return (h, h)
        if self.fault == "raises":
            raise KeyError
        return (xp.tanh(x @ p["w_x"][0]),)


@pytest.mark.parametrize("cell", [*rnnbench_cells(), Leaky])
def test_a_sound_cell_passes(cell):
    probe(cell(), "here")


def test_the_fault_of_a_sound_cell_is_none():
    probe(Faulty("none"), "here")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("mutates", "its step changes an array that it was given"),
        ("misfits", "its step raises ValueError: matmul"),
        ("raises", "its step raises KeyError;"),
        ("forgets", "its step returns ndarray where h have the shapes"),
        ("grows", r"its step returns \[\(3, 4\), \(3, 4\)\] where h have the shapes \[\(3, 4\)\]"),
    ],
)
def test_a_fault_is_named_with_plugin_and_line(fault, message):
    with pytest.raises(UsageError, match=rf"cell 'faulty' of here: {message}.*test_probe.py, line"):
        probe(Faulty(fault), "here")


class Starting(Faulty):
    """What its step begins with is wrong."""

    def initial(self, rng, inputs, hidden):
        return None if self.fault == "initial" else super().initial(rng, inputs, hidden)

    def zero_state(self, batch, hidden):
        return "zeros" if self.fault == "zeros" else super().zero_state(batch, hidden)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("initial", "what its step begins with raises TypeError: initial.. returns NoneType"),
        ("zeros", r"its zero_state\(\) returns str where h have the shapes"),
    ],
)
def test_what_a_step_begins_with_is_looked_at_first(fault, told):
    with pytest.raises(UsageError, match=f"^cell 'faulty' of here: {told}"):
        probe(Starting(fault=fault), "here")
