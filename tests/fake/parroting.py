"""A language model's task of three letters, which come one after the other, and its weights."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar

import numpy as np

from rnnbench import (
    LSTM,
    Batch,
    Defaults,
    Model,
    NumpyBackend,
    Optimizer,
    Problem,
    Spec,
    Stack,
    Task,
    Vocabulary,
    hookimpl,
    tree_map,
)
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.row import Row
from rnnbench.weights.file import save
from rnnbench.weights.header import Header

LETTERS = Vocabulary(("a", "b", "c"))
PROBLEM = Problem(inputs=3, outputs=3, tokens=True, loss="cross-entropy", causal=True)


@dataclass(frozen=True)
class Parrot(Task):
    """abcabc and so on: each letter tells the next."""

    name: ClassVar[str] = "parrot"
    defaults: ClassVar[Defaults] = Defaults(hidden=8, batch=3, steps=60, lr=0.05)
    carries_state: ClassVar[bool] = True

    length: int = 6

    score_name = "nats"
    sizes = "three letters"
    naive_score = naive_loss = float(np.log(3))
    problem = PROBLEM
    reads = writes = LETTERS

    def _batch(self, batch, start):
        letters = (start + np.arange(self.length + 1)[:, None] + np.arange(batch)) % 3
        return Batch(letters[:-1], letters[1:])

    def training(self, batch, seed):
        while True:
            yield self._batch(batch, seed)

    def testing(self, batch):
        return [self._batch(batch, 0)]

    def measure(self, outputs, batch):
        top = outputs.max(-1, keepdims=True)
        logs = outputs - top - np.log(np.exp(outputs - top).sum(-1, keepdims=True))
        chosen = np.take_along_axis(logs, batch.targets[..., None], -1)
        return -float(chosen.sum()), float(batch.targets.size)


@hookimpl
def rnnbench_tasks():
    return [Parrot]


COMPARISON = Comparison(
    task="parrot",
    cell="lstm",
    hidden=8,
    layers=1,
    batch=3,
    embedding=0,
    device="cpu",
    dtype="float32",
    threads=1,
    optimizer="adam",
    lr=0.05,
    clip=1.0,
    steps=60,
)
MODEL = Model(Stack(), Spec(PROBLEM, LSTM(), hidden=8))
HEADER = Header(
    comparison=COMPARISON,
    problem=PROBLEM,
    carries_state=True,
    row=Row("fake", "good"),
    seed=0,
    score=0.5,
    score_name="nats",
    reads=LETTERS,
    writes=LETTERS,
)


def parrot_file(folder: Path, header: Header = HEADER, params=None) -> Path:
    """Write weights, the initial ones if there are no others."""
    path = folder / "parrot.safetensors"
    drawn = MODEL.initial(0) if params is None else params
    save(path, header, tree_map(lambda w: np.asarray(w, np.float32), drawn))
    return path


def taught_parrot():
    """Return weights that know what comes next, trained by the reference."""
    backend = NumpyBackend("cpu", "float64")
    program = backend.program(MODEL, MODEL.initial(0), "autograd", Optimizer("adam", 0.05, 1.0))
    state = MODEL.zero_state(3)
    for batch in islice(Parrot().training(3, 0), 60):
        _, state = program.train_step(state, batch)
    return program.params()
