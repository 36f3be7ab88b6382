"""Backends whose programs break one promise each."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import cycle
from operator import getitem

import numpy as np
from wrong_backends import Right, with_program

from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyProgram


@with_program
class RightProgram(NumpyProgram):
    pass


@with_program
class WrongGradient(NumpyProgram):
    def gradient(self, state, batch):
        loss, gradients = super().gradient(state, batch)
        gradients["readout"]["b"] = gradients["readout"]["b"] * (1 + 1e-6) + 1e-8
        return loss, gradients


@with_program
class ForgetsGradient(NumpyProgram):
    def gradient(self, state, batch):
        loss, gradients = super().gradient(state, batch)
        del gradients["readout"]["b"]
        return loss, gradients


@with_program
class CountsPadding(NumpyProgram):
    def gradient(self, state, batch):
        return super().gradient(state, batch._replace(lengths=None))


@with_program
class WrongOptimizer(NumpyProgram):
    @dataclass(frozen=True)
    class Rule(Optimizer):
        ALPHA = 0.9

    def __init__(self, model, ops, params, rule, put):
        super().__init__(model, ops, params, self.Rule(**vars(rule)), put)


@with_program
class LossInDouble(NumpyProgram):
    def train_step(self, state, batch):
        loss, state = super().train_step(state, batch)
        return np.float64(loss), state


@with_program
class KeepsItsFirstState(NumpyProgram):
    first = None

    def forward(self, state, batch):
        self.first = self.first or state
        return super().forward(self.first, batch)


@with_program
class NeverBeginsAnew(NumpyProgram):
    def forward(self, state, batch):
        return super().forward(state, batch._replace(resets=None))


@with_program
class BeginsAnew(NumpyProgram):
    def advance(self, memory, state, batch):
        return super().advance(memory, self.put(self.model.zero_state(3)), batch)


@with_program
class NotDeterministic(NumpyProgram):
    signs = cycle((-1, 1))

    def __init__(self, *args):
        super().__init__(*args)
        self.sign = next(self.signs)  # two programs built one after the other always differ

    def train_step(self, state, batch):
        loss, state = super().train_step(state, batch)
        if loss.dtype == np.float32:
            loss += np.float32(self.sign * 1e-6)
        return loss, state


@with_program
class NoReset(NumpyProgram):
    def reset(self, params):
        if not hasattr(self, "native"):
            super().reset(params)


@with_program
class KeepsOptimizerState(NumpyProgram):
    def reset(self, params):
        before = getattr(self, "optimizer", None)
        super().reset(params)
        if before is not None:
            before.arrays = self.optimizer.arrays
            self.optimizer = before


@with_program
class CompilesAgain(NumpyProgram):
    resets = 0

    def reset(self, params):
        super().reset(params)
        self.resets += 1

    def traces(self):
        return self.resets


@with_program
class LosesDigits(NumpyProgram):
    def params(self):
        return tree_map(lambda array: array + array.dtype.type(1e-15), super().params())


@with_program
class OneLength(NumpyProgram):
    def train_step(self, state, batch):
        if len(batch.inputs) != getattr(self, "length", len(batch.inputs)):
            raise ValueError("traced for another length")
        self.length = len(batch.inputs)
        return super().train_step(state, batch)


@with_program
class NoKernel(NumpyProgram):
    def reset(self, params):
        super().reset(params)
        self.kernel = ""


class Later:
    """An array that a thread computes, read when it is there."""

    def __init__(self, future, path):
        self.future, self.path = future, path

    def read(self):
        return reduce(getitem, self.path, self.future.result())


def read(array):
    return array.read() if isinstance(array, Later) else array


class InAThread(NumpyProgram):
    """Trains in a thread; what is read waits for it, but ``wait`` does not."""

    def __init__(self, *arguments):
        self.thread = ThreadPoolExecutor(1)
        super().__init__(*arguments)

    def train_step(self, state, batch):
        train = super().train_step
        future = self.thread.submit(lambda: train(tree_map(read, state), batch))
        final = {
            path: tuple(Later(future, (1, path, k)) for k in range(len(arrays)))
            for path, arrays in state.items()
        }
        return Later(future, (0,)), final

    def params(self):
        self.thread.submit(int).result()  # whatever was asked for before it
        return super().params()


class DoesNotWait(Right):
    make = InAThread

    def numpy(self, array):
        return super().numpy(read(array))
