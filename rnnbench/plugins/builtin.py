"""The cells and networks that come with the core, registered like any plugin's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnbench.contracts.hooks import hookimpl
from rnnbench.models.cell import Cell
from rnnbench.models.cells.elman import Elman
from rnnbench.models.cells.gru import GRU
from rnnbench.models.cells.lstm import LSTM

if TYPE_CHECKING:
    from rnnbench.models.network import Network

CELLS: tuple[type[Cell], ...] = (Elman, LSTM, GRU)


@hookimpl
def rnnbench_cells() -> tuple[type[Cell], ...]:
    """Return the cells."""
    return CELLS


@hookimpl
def rnnbench_networks() -> tuple[type[Network], ...]:
    """Return the networks, whose parts import NumPy: naming a cell must not."""
    from rnnbench.models.networks.stack import Stack

    return (Stack,)
