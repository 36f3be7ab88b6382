"""The cells and networks that come with the core, registered like any plugin's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnbench.contracts.hooks import hookimpl
from rnnbench.models.cell import Cell
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.gru_reset_before import ResetBeforeGRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.gated.lstm_coupled import CoupledLSTM
from rnnbench.models.cells.gated.lstm_layernorm import LayerNormLSTM
from rnnbench.models.cells.gated.lstm_peephole import PeepholeLSTM
from rnnbench.models.cells.gated.mlstm import MLSTM
from rnnbench.models.cells.gated.slstm import SLSTM
from rnnbench.models.cells.linear.lru import LRU
from rnnbench.models.cells.linear.mingru import MinGRU
from rnnbench.models.cells.linear.minlstm import MinLSTM
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.models.cells.simple.indrnn import IndRNN
from rnnbench.models.cells.simple.jordan import Jordan

if TYPE_CHECKING:
    from rnnbench.models.network import Network

CELLS: tuple[type[Cell], ...] = (
    Elman,
    Jordan,
    LSTM,
    PeepholeLSTM,
    CoupledLSTM,
    LayerNormLSTM,
    GRU,
    ResetBeforeGRU,
    IndRNN,
    MinGRU,
    MinLSTM,
    LRU,
    SLSTM,
    MLSTM,
)


@hookimpl
def rnnbench_cells() -> tuple[type[Cell], ...]:
    """Return the cells."""
    return CELLS


@hookimpl
def rnnbench_networks() -> tuple[type[Network], ...]:
    """Return the networks, whose parts import NumPy: naming a cell must not."""
    from rnnbench.models.networks.seq2seq import Seq2Seq
    from rnnbench.models.networks.stack import Stack
    from rnnbench.models.networks.tcn import TCN
    from rnnbench.models.networks.transformer import Transformer

    return (Stack, Seq2Seq, Transformer, TCN)
