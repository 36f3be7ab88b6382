"""A network of parts within parts, and a kernel that takes one of them whole."""

from dataclasses import dataclass
from typing import ClassVar

from rnnbench import LSTM, Dense, Kernel, Layer, Model, Network, Part, Problem, Spec


@dataclass(frozen=True)
class Twice(Part):
    """A gain, and the same map before and after it; in training some values are dropped."""

    size: int

    @property
    def parts(self):
        return {"before": Dense(self.size, self.size), "after.all": Dense(self.size, self.size)}

    @property
    def shapes(self):
        return {"gain": (self.size,)}

    def noise(self, extent):
        return (extent.steps, extent.batch, self.size), 0.5

    def apply(self, run, xs):
        if run.noise is not None:
            xs = run.xp.where(run.noise, xs, run.xp.zeros_like(xs))
        return run("after.all", run.p["gain"] * run("before", xs))


@dataclass(frozen=True)
class Counter(Part):
    """The number of steps so far, added to the inputs."""

    @property
    def state_shapes(self):
        return ((1,),)

    def apply(self, run, xs):
        (count,) = run.state
        run.keep((count + xs.shape[0],))
        return xs + count


@dataclass(frozen=True)
class Pieces(Network):
    """A layer, a counter and two parts within parts; begins at what an encoder counts."""

    name: ClassVar[str] = "pieces"
    solves: ClassVar[frozenset[str]] = frozenset({"every"})

    def parts(self, spec):
        size = spec.hidden
        inner = {f"twice.{k}": Twice(size) for k in range(2)}
        layer = {"layer": Layer(spec.cell, spec.problem.inputs, size), "counter": Counter()}
        return layer | inner | {"readout": Dense(size, spec.problem.outputs)}

    def encode(self, run, spec, batch):
        if batch.lengths is None:
            return (), {}
        return ("seen", {"counter": (batch.lengths[:, None],)})

    def decode(self, run, spec, memory, batch):
        xs, _ = run("layer", batch.inputs)
        xs = run("counter", xs)
        for k in range(2):
            xs = run(f"twice.{k}", xs)
        return run("readout", xs)


class Whole(Kernel):
    """``Twice`` as one product."""

    kernel = "one product"

    def __init__(self, put):
        self.put, self.calls = put, 0

    def pack(self, params):
        self.packed = params
        return self.put(params)

    def apply(self, params, xs):
        self.calls += 1
        first = xs @ params["before.w"] + params["before.b"]
        return (params["gain"] * first) @ params["after.all.w"] + params["after.all.b"]


MODEL = Model(Pieces(), Spec(Problem(3, 2), LSTM(), hidden=4))
