"""Tasks whose data are in a file, and which treat it in different ways, most of them badly."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, Task, UsageError, hookimpl


@dataclass(frozen=True)
class Held(Task):
    """Say the first of some bytes again; what was read once is kept."""

    name: ClassVar[str] = "held"
    defaults: ClassVar[Defaults] = Defaults(hidden=3, batch=4, steps=10)

    length: Annotated[int, msgspec.Meta(ge=1)] = 3
    path: str = ""

    score_name = "mean squared error"
    naive_score = naive_loss = 1.0
    problem = Problem(inputs=1, outputs=1, targets="one")

    @cached_property
    def data(self):
        try:
            return Path(self.path).read_bytes()
        except OSError as error:
            raise UsageError(
                f"{self.name}.path: can't read {self.path}: {error.strerror}"
            ) from None

    @property
    def data_hash(self):
        return hashlib.sha256(self.data).hexdigest()

    @property
    def sizes(self):
        return f"T {self.length}"

    def training(self, batch, seed):
        rng = np.random.default_rng(seed)
        while True:
            numbers = np.frombuffer(self.data, np.uint8) / 255
            yield self.batch(numbers[rng.integers(len(numbers), size=batch)])

    def testing(self, batch):
        return [self.batch(np.resize(np.frombuffer(self.data, np.uint8) / 255, batch))]

    def batch(self, numbers):
        return Batch(np.tile(numbers[:, None], (self.length, 1, 1)), numbers[:, None])

    def measure(self, outputs, batch):
        return float(np.sum((outputs - batch.targets) ** 2)), batch.targets.size


@dataclass(frozen=True)
class Rereading(Held):
    """Read the file whenever anything of it is wanted."""

    name: ClassVar[str] = "rereading"

    @property
    def data(self):
        return Path(self.path).read_bytes()


@dataclass(frozen=True)
class HashedOnce(Rereading):
    """Read the file whenever anything of it is wanted, but for its hash."""

    name: ClassVar[str] = "hashed-once"

    @cached_property
    def data_hash(self):
        return super().data_hash


@dataclass(frozen=True)
class Mapped(Held):
    """Map the file, so that what is written to it shows."""

    name: ClassVar[str] = "mapped"

    @cached_property
    def data(self):
        return memoryview(np.memmap(self.path, np.uint8, "r"))

    @cached_property
    def data_hash(self):
        return super().data_hash


READ = {}


@dataclass(frozen=True)
class KeptByPath(Held):
    """Keep what was read for as long as the process lives, by its path."""

    name: ClassVar[str] = "kept-by-path"

    @property
    def data(self):
        if self.path not in READ:
            READ[self.path] = Path(self.path).read_bytes()
        return READ[self.path]


@hookimpl
def rnnbench_tasks():
    return [Held, Rereading, HashedOnce, Mapped, KeptByPath]
