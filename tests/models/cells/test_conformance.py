"""The promises of a cell, kept by every one that comes with the core."""

import re

import pytest

from rnnbench.conformance import CellConformance
from rnnbench.models.cells.gated.mlstm import MLSTM
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.plugins.builtin import CELLS


class TestIRNN(CellConformance):
    cell = Elman("relu", "identity")


class TestExponentiallyForgettingMLSTM(CellConformance):
    cell = MLSTM("exp")


for kind in CELLS:
    globals()[f"Test{kind.__name__}"] = type(kind.__name__, (CellConformance,), {"cell": kind()})


@pytest.mark.parametrize("kind", CELLS)
def test_a_docstring_has_its_source_and_its_parameters(kind):
    assert "Parameters: " in kind.__doc__
    assert re.search(r"arXiv \d{4}\.\d{4}|(19|20)\d\d", kind.__doc__)
