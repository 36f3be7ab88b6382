"""A plugin that stands in for the frameworks: a tiny task, an odd cell, backends that misbehave."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Dense, Network, Problem, Task, UsageError, hookimpl
from rnnbench.contracts.info import BackendInfo
from rnnbench.models.cell import Cell

FAKE = BackendInfo(
    name="fake",
    target="fake_backend:FakeBackend",
    requires=("numpy", "autograd"),
    variants={
        "good": "the reference",
        "second": "the reference again",
        "wrong": "gradients are off by one per cent",
        "unsupported": "says so",
        "raises": "raises while it is built",
        "raises-training": "raises while it is trained",
        "oom": "has no memory",
        "chatty": "prints wherever it can",
        "crashes": "dies while it is timed",
    },
    default="good",
    nets=("autograd",),
)
#: Its class does not exist, as with a framework that is broken.
GHOST = BackendInfo("ghost", "fake_backend:Ghost", ("numpy",), {"only": "never seen"}, "only")


@dataclass(frozen=True)
class Echo(Task):
    """Say the last number again."""

    name: ClassVar[str] = "echo"
    defaults: ClassVar[Defaults] = Defaults(hidden=3, batch=4, steps=10)

    length: Annotated[int, msgspec.Meta(ge=1)] = 3
    path: str = ""

    score_name = "mean squared error"
    naive_score = naive_loss = 1.0
    problem = Problem(inputs=1, outputs=1, targets="one")

    @property
    def sizes(self):
        return f"T {self.length}"

    def check(self, batch):
        if batch > 1000:
            raise UsageError(f"echo has no more than 1000 examples, not {batch}")

    def training(self, batch, seed):
        rng = np.random.default_rng(seed)
        while True:
            inputs = rng.standard_normal((self.length, batch, 1))
            yield Batch(inputs, inputs[-1])

    def testing(self, batch):
        inputs = np.ones((self.length, batch, 1))
        return [Batch(inputs, inputs[-1])]

    def measure(self, outputs, batch):
        return float(np.sum((outputs - batch.targets) ** 2)), batch.targets.size


@dataclass(frozen=True)
class Leaky(Cell):
    """h' = (1 - a) h + a tanh(x W_x + h W_h + b)."""

    name: ClassVar[str] = "leaky"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    leak: float = 0.5

    def step(self, xp, p, x, state):
        (h,) = state
        new = xp.tanh(x @ p["w_x"][0] + h @ p["w_h"][0] + p["b"][0])
        return (h + self.leak * (new - h),)


@dataclass(frozen=True)
class Means(Network):
    """A read-out of the mean of all inputs, which needs no cell."""

    name: ClassVar[str] = "means"
    solves: ClassVar[frozenset[str]] = frozenset({"one"})
    uses_cell: ClassVar[bool] = False

    scale: float = 1.0

    def parts(self, spec):
        return {"readout": Dense(spec.problem.inputs, spec.problem.outputs)}

    def decode(self, run, spec, memory, batch):
        return run("readout", self.scale * run.xp.mean(batch.inputs, axis=0))


@dataclass(frozen=True)
class EveryStep(Means):
    """Means for targets that an echo does not have."""

    name: ClassVar[str] = "every-step"
    solves: ClassVar[frozenset[str]] = frozenset({"every"})


@hookimpl
def rnnbench_backends():
    return [FAKE, GHOST]


@hookimpl
def rnnbench_cells():
    return [Leaky]


@hookimpl
def rnnbench_networks():
    return [Means, EveryStep]


@hookimpl
def rnnbench_tasks():
    return [Echo]


@hookimpl
def rnnbench_suites():
    return sorted((Path(__file__).parent / "suites").glob("*.toml"))
