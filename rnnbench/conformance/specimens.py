"""What the kit has a backend compute: cells, models and optimizers, small and unlike each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rnnbench.contracts.own_net import OwnKernel, OwnNetwork
from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cell import Cell, Group, LinearCell
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
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.network_part import Part, Run
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.networks.stack import Stack
from rnnbench.models.networks.tcn import TCN
from rnnbench.models.networks.transformer import Transformer
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.models.training.schedule import Schedule

CELLS: dict[str, Cell] = {
    "elman": Elman(),
    "elman-relu": Elman("relu"),
    "lstm": LSTM(),
    "gru": GRU(),
}
#: Those that no backend need have a kernel of its own for.
PORTABLE: dict[str, Cell] = {
    cell.name: cell
    for cell in (
        Jordan(),
        PeepholeLSTM(),
        CoupledLSTM(),
        LayerNormLSTM(),
        ResetBeforeGRU(),
        IndRNN(),
        MinGRU(),
        MinLSTM(),
        LRU(),
        SLSTM(),
        MLSTM(),
    )
}
#: Those that the variants ``parallel`` take.
LINEAR = [name for name, cell in PORTABLE.items() if isinstance(cell, LinearCell)]
#: What a model can be made of: real inputs and one target, tokens one-hot, an embedding and
#: layers, sequences of several lengths in both directions with dropout, of which one begins.
MODELS: dict[str, dict[str, Any]] = {
    "last": {"problem": Problem(inputs=2, outputs=1, targets="one")},
    "one-hot": {"problem": Problem(inputs=5, outputs=5, tokens=True, loss="cross-entropy")},
    "embedding": {
        "problem": Problem(inputs=6, outputs=3, tokens=True, loss="cross-entropy"),
        "embedding": 3,
        "layers": 2,
    },
    "lengths": {
        "problem": Problem(inputs=3, outputs=2, lengths=True, resets=True),
        "layers": 2,
        "network": Stack(bidirectional="concat", residual=True, dropout=0.5),
    },
}


@dataclass(frozen=True)
class HeardAtItsEnd(Network):
    """One layer whose last state is added to all its outputs.

    So the loss tells of a state that goes on changing at padding, where outputs count for nothing.
    """

    name: ClassVar[str] = "heard-at-its-end"
    solves: ClassVar[frozenset[str]] = frozenset({"every"})

    def parts(self, spec: Spec) -> dict[str, Part]:
        """Return ``layer`` and ``readout``."""
        problem, cell = spec.problem, spec.cell
        assert cell is not None  # as it uses one
        layer = Layer(cell, problem.inputs, spec.hidden)
        return {"layer": layer, "readout": Dense(spec.hidden, problem.outputs)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Map ``(T, B, I)`` to ``(T, B, O)``."""
        ys, end = run("layer", batch.inputs, lengths=batch.lengths)
        return run("readout", ys + sum(run.xp.mean(part) for part in end))


#: Sequences of several lengths, one of which begins anew: for every cell.
PADDED: dict[str, Any] = {
    "network": HeardAtItsEnd(),
    "problem": Problem(inputs=3, outputs=2, lengths=True, resets=True),
}
WORDS = Problem(
    inputs=6,
    outputs=5,
    tokens=True,
    loss="cross-entropy",
    targets="sequence",
    lengths=True,
    begin=3,
    end=4,
)
#: A decoder that attends within its loop, which every variant has for cells of whatever kind.
FED: dict[str, Any] = {"network": Seq2Seq(feeding=True), "problem": WORDS}
#: Other networks, of which loss and gradients are compared in one variant each.
SYSTEMS: dict[str, dict[str, Any]] = {
    "seq2seq": {"network": Seq2Seq(), "problem": WORDS, "embedding": 3},
    "seq2seq-sampled": {
        "network": Seq2Seq(teacher_forcing=0.5, dropout=0.5),
        "problem": WORDS,
        "embedding": 3,
        "layers": 2,
    },
    "seq2seq-both-ways": {
        "network": Seq2Seq(attention="dot", bidirectional="sum"),
        "problem": Problem(inputs=3, outputs=2, targets="sequence", lengths=True),
    },
}
#: Networks without layers, of which every variant has a kernel for some part or runs them as they
#: are written.
NETWORKS: dict[str, dict[str, Any]] = {
    "transformer": {
        "network": Transformer(heads=2, window=3, dropout=0.5),
        "problem": Problem(5, 5, tokens=True, loss="cross-entropy", lengths=True, resets=True),
    },
    "encoder": {
        "network": Transformer(heads=2, causal=False, pool="mean"),
        "problem": Problem(2, 2, targets="one", lengths=True),
    },
    "tcn": {
        "network": TCN(levels=2, dropout=0.5),
        "problem": Problem(5, 5, tokens=True, loss="cross-entropy", lengths=True),
    },
}
OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer("sgd", lr=0.1),
    "rmsprop": Optimizer("rmsprop", lr=0.01),
    "adam": Optimizer("adam", lr=0.01),
    "adam-clipped": Optimizer("adam", lr=0.01, clip=0.05),
    "sgd-clipped": Optimizer("sgd", lr=0.1, clip=0.05),
}
#: What a backend may have beyond these, each thing in one of them and some together.
TRAINING: dict[str, Optimizer] = {
    "plain": Optimizer("sgd", lr=0.1, momentum=0.0),
    "nesterov": Optimizer("sgd", lr=0.1, momentum=0.5, nesterov=True, clip_value=0.01),
    "steps": Optimizer(
        "rmsprop",
        lr=0.01,
        clip=0.05,
        clip_value=0.02,
        schedule=Schedule("step", steps=3, warmup=1, drop=0.5, drop_every=1),
    ),
    "adamw": Optimizer("adamw", lr=0.01, weight_decay=0.1, schedule=Schedule("cosine", steps=3)),
}
#: Of what two devices compute half each: the kind of a model, its cell and its optimizer. Sequences
#: end early in one half alone; lengths, single targets and dropout are split, too. The first of
#: them is small, as it begins with the first variant, which takes longest to compile.
SPLIT: dict[str, tuple[str, Cell, Optimizer]] = {
    "one-target": ("last", LSTM(), OPTIMIZERS["adam-clipped"]),
    "layers": ("lengths", LSTM(), TRAINING["adamw"]),
    "tokens": ("one-hot", GRU(), TRAINING["steps"]),
    "sentences": ("seq2seq", LSTM(), OPTIMIZERS["sgd-clipped"]),
    "convolutions": ("tcn", LSTM(), TRAINING["nesterov"]),
}
#: The parameters are nearly gone after each step, and so would be what must stay.
DECAYING = Optimizer("adamw", lr=0.05, weight_decay=19.998)
#: Rates that differ at each of three steps: the whole, three quarters, a quarter.
SCHEDULED = Optimizer("adam", lr=0.01, schedule=Schedule("cosine", steps=3))


def small_model(kind: str, cell: Cell, hidden: int = 4) -> Model:
    """Return a model of ``cell`` of a kind among these."""
    others = {"fed": FED, "padded": PADDED}
    sizes = {"network": Stack()} | (MODELS | SYSTEMS | NETWORKS | others)[kind]
    network = sizes.pop("network")
    own = cell if network.uses_cell else None
    return Model(network, Spec(cell=own, hidden=hidden, **sizes))


def own_model(net: OwnKernel, problem: Problem) -> Model:
    """Return what a run makes of a user's net, as :meth:`Backend.own_net` returns it."""
    return Model(OwnNetwork(net), Spec(problem, cell=None, hidden=1))


@dataclass(frozen=True)
class Stranger(LSTM):
    """A cell that no backend has heard of: the LSTM with h' = o ⊙ c', without its last tanh.

    It inherits from a known one, as a cell from a paper may: a kernel chosen by ``isinstance``
    would compute another function in its place.
    """

    name: ClassVar[str] = "stranger"

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c (B, H)`` to the new ``h, c``."""
        h, c = state
        i, f, g, o = xp.unstack(x @ p["w_x"] + h @ p["w_h"] + p["b"][:, None, :])  # (G, B, H)
        c = xp.sigmoid(f) * c + xp.sigmoid(i) * xp.tanh(g)
        return xp.sigmoid(o) * c, c
