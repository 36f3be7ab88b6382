"""A net that writes three letters backwards, trained by the reference, and its file of weights."""

import numpy as np
from msgspec.structs import replace
from parroting import COMPARISON, HEADER, LETTERS

from rnnbench import GRU, Batch, Model, NumpyBackend, Optimizer, Problem, Spec, tree_map
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.weights.file import save

PROBLEM = Problem(
    inputs=3, outputs=4, tokens=True, loss="cross-entropy", targets="sequence", begin=3, end=3
)
LENGTH, BATCH = 4, 16


def model(**options):
    return Model(Seq2Seq(**options), Spec(PROBLEM, GRU(), hidden=12))


def reversing_file(folder, own, params):
    """Write the weights of a model."""
    comparison = replace(
        COMPARISON,
        task="reversing",
        cell="gru",
        hidden=12,
        network="seq2seq",
        network_options={"attention": own.network.attention, "feeding": own.network.feeding},
    )
    header = replace(HEADER, comparison=comparison, problem=PROBLEM, reads=LETTERS, writes=LETTERS)
    path = folder / "reversing.safetensors"
    save(path, header, tree_map(lambda w: np.asarray(w, np.float32), params))
    return path


def taught(own, steps):
    """Return the weights after so many training steps."""
    backend = NumpyBackend("cpu", "float64")
    program = backend.program(own, own.initial(0), "autograd", Optimizer("adam", 0.02, 1.0))
    rng = np.random.default_rng(0)
    ends = np.full((1, BATCH), PROBLEM.end)
    for _ in range(steps):
        source = rng.integers(0, 3, (LENGTH, BATCH))
        batch = Batch(source, np.concatenate([source[::-1], ends]))
        program.train_step(own.zero_state(BATCH), batch)
    return program.params()
