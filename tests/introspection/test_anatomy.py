"""What a cell is made of: a formula that gives its number of parameters, whatever the sizes."""

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from rnnbench.introspection.anatomy import anatomy, equations, formula
from rnnbench.models.cell import Cell
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.linear.lru import LRU
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.plugins.builtin import CELLS


def value(text, inputs, hidden):
    """Evaluate a formula as a reader would."""
    text = text.replace("²", "**2").replace("·", "*")
    assert re.fullmatch(r"[IH\d */+]+", text)
    return eval(text, {"I": inputs, "H": hidden})


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
@pytest.mark.parametrize(("inputs", "hidden"), [(1, 2), (3, 8), (7, 4)])
def test_a_formula_gives_the_number_of_parameters(cell, inputs, hidden):
    found = anatomy(cell(), inputs, hidden)
    drawn = cell().initial(np.random.default_rng(0), inputs, hidden)
    assert value(found.formula, inputs, hidden) == found.parameters
    assert found.parameters == sum(one.size for one in drawn.values())


def test_the_formulas_of_the_textbooks():
    formulas = {cell: anatomy(cell(), 2, 8).formula for cell in (Elman, LSTM, GRU, LRU)}
    assert formulas == {
        Elman: "I·H + H² + H",
        LSTM: "4·I·H + 4·H² + 4·H",
        GRU: "3·I·H + 3·H² + 4·H",
        LRU: "I·H + 3/2·H",
    }


def test_operations_are_those_of_the_products_of_one_step():
    assert anatomy(Elman(), 3, 8).operations == 2 * (3 * 8 + 8 * 8)
    assert anatomy(LSTM(), 3, 8).operations == 4 * 2 * (3 * 8 + 8 * 8)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
@pytest.mark.parametrize(("inputs", "hidden"), [(1, 2), (3, 8), (7, 40)])
def test_a_formula_gives_the_number_of_operations(cell, inputs, hidden):
    found = anatomy(cell(), inputs, hidden)
    assert value(found.operations_formula, inputs, hidden) == found.operations


def test_the_operations_of_the_textbooks():
    found = {cell: anatomy(cell(), 2, 8).operations_formula for cell in (Elman, LSTM, GRU)}
    assert found == {Elman: "2·I·H + 2·H²", LSTM: "8·I·H + 8·H²", GRU: "6·I·H + 6·H²"}


class Cubic(Elman):
    """Its products have H³ operations."""

    def step(self, xp, p, x, state):
        return (xp.tanh(state[0] @ (p["w_h"][0] @ p["w_h"][0])),)


def test_operations_beyond_a_sum_of_squares_have_no_formula():
    found = anatomy(Cubic(), 2, 8)
    assert (found.operations, found.operations_formula) == (2 * 8**3 + 2 * 8**2, None)


def test_equations_end_where_parameters_begin():
    told = equations(LSTM())
    assert told.startswith("The LSTM without peepholes")
    assert "\n    c' = f ⊙ c + i ⊙ g" in told
    assert told.endswith("12(10), 2000.")


@dataclass(frozen=True)
class Strange(Cell):
    name: ClassVar[str] = "strange"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    def shapes(self, inputs, hidden):
        return {"w": (hidden * hidden,), "v": (3,)}

    def step(self, xp, p, x, state):
        return (np.tanh(state[0]),)


def test_what_has_no_simple_formula_or_cannot_be_counted_is_unknown():
    found = anatomy(Strange(), 2, 8)
    assert (found.formula, found.parameters, found.operations) == (None, 67, None)
    assert found.operations_formula is None
    assert formula({"v": (3,), "w": (2, 5)}) == "13"


def test_a_cell_without_a_docstring_has_no_equations():
    Bare = type("Bare", (Strange,), {"__doc__": None})
    assert equations(Bare()) == ""
