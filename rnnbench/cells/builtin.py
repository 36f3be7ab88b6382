"""The cells that come with the core, registered like any plugin's."""

from __future__ import annotations

from rnnbench.cells import Cell
from rnnbench.cells.elman import Elman
from rnnbench.cells.gru import GRU
from rnnbench.cells.lstm import LSTM
from rnnbench.hookspecs import hookimpl

CELLS: tuple[type[Cell], ...] = (Elman, LSTM, GRU)


@hookimpl
def rnnbench_cells() -> tuple[type[Cell], ...]:
    """Return Elman, LSTM and GRU."""
    return CELLS
