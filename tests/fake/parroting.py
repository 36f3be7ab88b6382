"""A language model's task of three letters, which come one after the other, and its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from rnnbench import LSTM, Batch, Defaults, Model, Problem, Spec, Stack, Task, Vocabulary, hookimpl
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
    """Write weights that repeat the alphabet: a read-out that is wide awake, by hand."""
    path = folder / "parrot.safetensors"
    drawn = MODEL.initial(0)
    params = params or {
        group: {name: np.asarray(array, np.float32) for name, array in arrays.items()}
        for group, arrays in drawn.items()
    }
    save(path, header, params)
    return path
