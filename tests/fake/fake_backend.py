"""The fake backend: the reference under another name, with a fault per variant."""

import os
import signal
import sys
import time
from typing import ClassVar

import numpy as np
from fake_plugin import FAKE

from rnnbench import OwnKernel, Profile, Unsupported, shares, unfit_net
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.system import counters

#: Tests run beside other tests. In a worker of this backend nothing tells what these compute, so
#: that its rows have figures; what becomes of it where it is told is tested with made-up samples.
if "pytest" not in sys.modules:
    counters.cpu_times = counters.CpuTimes
    counters.delays = lambda: None


class Wrong(NumpyProgram):
    def _differentiate(self, state, batch):
        loss, gradients, state = super()._differentiate(state, batch)
        gradients["readout"]["b"] = 1.01 * gradients["readout"]["b"]
        return loss, gradients, state


class Split(NumpyProgram):
    """Computes the shares of a batch one after the other."""

    devices = 2

    def forward(self, state, batch):
        found = [super(Split, self).forward(*share) for share in self._shares(state, batch)]
        outputs, states = zip(*found, strict=True)
        axis = self.model.spec.problem.examples_axis
        return np.concatenate(outputs, axis), joined(states)

    def _differentiate(self, state, batch):
        parts = self._shares(state, batch)
        found = [super(Split, self)._differentiate(*share) for share in parts]
        weights = self._weights([share for _, share in parts])
        losses, gradients, states = zip(*found, strict=True)
        total = {
            path: {
                name: sum(w * g[path][name] for w, g in zip(weights, gradients, strict=True))
                for name in group
            }
            for path, group in gradients[0].items()
        }
        return sum(w * loss for w, loss in zip(weights, losses, strict=True)), total, joined(states)

    def _shares(self, state, batch):
        return shares(state, batch, self.model.spec.problem.examples_axis, self.devices)

    def _weights(self, batches):
        counts = [self.model.counted(self.ops.xp, batch) for batch in batches]
        if counts[0] is None:
            return [1 / len(batches)] * len(batches)
        return [count.sum() / sum(map(np.sum, counts)) for count in counts]


def joined(states):
    return {
        path: tuple(map(np.concatenate, zip(*(each[path] for each in states), strict=True)))
        for path in states[0]
    }


class RaisesTraining(NumpyProgram):
    resets = forwards = 0

    def reset(self, params):
        super().reset(params)
        self.resets, self.forwards = self.resets + 1, 0

    def forward(self, state, batch):
        self.forwards += 1
        return super().forward(state, batch)

    def train_step(self, state, batch):
        if self.resets > 1 and not self.forwards:  # a turn has forward passes before its steps
            raise ValueError("no training today\nand none tomorrow")
        return super().train_step(state, batch)


class Chatty(NumpyProgram):
    def train_step(self, state, batch):
        print("CHATTER on stdout")
        print("CHATTER on stderr", file=sys.stderr)
        os.write(1, b"CHATTER on descriptor 1\n")
        return super().train_step(state, batch)


class Crashes(NumpyProgram):
    forwards = 0

    def forward(self, state, batch):
        self.forwards += 1
        return super().forward(state, batch)

    def train_step(self, state, batch):
        if self.forwards > 1:  # parity runs one before its steps, so this is a timed turn
            os.kill(os.getpid(), signal.SIGKILL)
        return super().train_step(state, batch)


PROGRAMS = {
    "wrong": Wrong,
    "raises-training": RaisesTraining,
    "chatty": Chatty,
    "crashes": Crashes,
}


class FakeNet(OwnKernel):
    """A pair of functions of a user's file."""

    kernel = "a fake net"

    def __init__(self, made, put):
        if not isinstance(made, tuple):
            raise unfit_net(made, "fake", "a pair of functions")
        (self.init, self.function), self.put = made, put

    def initial(self, seed):
        return self.init(np.random.default_rng(seed))

    def pack(self, params):
        return self.put(params)

    def apply(self, params, *arrays, **options):
        return self.function(params, *arrays)


class FakeBackend(NumpyBackend):
    info = FAKE
    PORTABLE: ClassVar[dict[str, str]] = dict.fromkeys(FAKE.variants, "autograd")

    def own_net(self, factory, problem):
        return FakeNet(factory(problem), self.put)

    def profile(self, work):
        """Two operations within a step, one of them twice; what began is no operation."""
        start = time.perf_counter()
        work()
        whole = 1e6 * (time.perf_counter() - start)
        place = {"ph": "X", "pid": 1, "tid": 1}
        inner = [{"name": "add", "ts": k * whole / 4, "dur": whole / 8, **place} for k in (1, 2)]
        step = {"name": "step", "ts": 0.0, "dur": whole, **place}
        named = {"ph": "M", "name": "process_name", "pid": 1, "args": {"name": "fake"}}
        begun = {"ph": "i", "name": "begun", "ts": 0, "pid": 1, "s": "t"}
        return Profile([named, begun, step, *inner], lambda event: event["name"])

    @classmethod
    def versions(cls):
        return super().versions() | {"fake": os.environ.get("FAKE_VERSION", "1")}

    def program(self, model, params, variant, optimizer):
        if variant == "unsupported":
            raise Unsupported("fakes can't do this")
        if variant == "raises":
            raise RuntimeError("broken on purpose\nin two lines")
        if variant == "oom":
            raise MemoryError("no memory, on purpose")
        make = PROGRAMS.get(variant, NumpyProgram)
        return make(model, self.ops(model, variant), params, optimizer, self.put)

    def parallel_program(self, model, params, variant, optimizer, devices):
        if variant == "second":
            return super().parallel_program(model, params, variant, optimizer, devices)
        split = Split(model, self.ops(model, variant), params, optimizer, self.put)
        split.devices = len(devices)
        return split
