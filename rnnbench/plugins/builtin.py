"""The cells that come with the core, registered like any plugin's."""

from __future__ import annotations

from rnnbench.contracts.hooks import hookimpl
from rnnbench.models.cell import Cell
from rnnbench.models.cells.elman import Elman
from rnnbench.models.cells.gru import GRU
from rnnbench.models.cells.lstm import LSTM

CELLS: tuple[type[Cell], ...] = (Elman, LSTM, GRU)


@hookimpl
def rnnbench_cells() -> tuple[type[Cell], ...]:
    """Return Elman, LSTM and GRU."""
    return CELLS
