"""Backends that break one promise each: the reference with one fault."""

import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from itertools import cycle
from operator import getitem
from typing import ClassVar

import numpy as np

from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.recurrences.parallel import ParallelRecurrence
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.cell import LinearCell
from rnnbench.models.cells.lstm import LSTM
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram


class Right(NumpyBackend):
    """The reference; a subclass announces itself and may have a program of its own."""

    PORTABLE: ClassVar = {"only": "as it is written"}
    make = NumpyProgram

    def __init_subclass__(cls):
        target = f"{cls.__module__}:{cls.__name__}"
        cls.info = BackendInfo("wrong", target, ("numpy",), {"only": "the only one"}, "only")

    def program(self, model, params, variant, optimizer):
        return self.make(model, self.ops(model, variant), params, optimizer, self.put)


def with_program(program):
    """Return the right backend with another program."""
    own = {"make": program, "__module__": program.__module__}
    return type(program.__name__, (Right,), own)


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


class GradientsInDouble(Right):
    def value_and_grad(self, function, arrays):
        value, gradients = super().value_and_grad(function, arrays)
        return value, [gradient.astype(np.float64) for gradient in gradients]


class SmallTokens(Right):
    def put(self, tree):
        return tree_map(
            lambda a: a.astype(np.int16) if a.dtype == np.int64 else a, super().put(tree)
        )


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


@with_program
class Prints(NumpyProgram):
    def train_step(self, state, batch):
        os.write(1, b"a step\n")
        return super().train_step(state, batch)


@with_program
class Complains(NumpyProgram):
    def train_step(self, state, batch):
        print("a step", file=sys.stderr)
        return super().train_step(state, batch)


@with_program
class ChangesFolder(NumpyProgram):
    def forward(self, state, batch):
        os.chdir("/")
        return super().forward(state, batch)


@with_program
class ChangesErrorState(NumpyProgram):
    def reset(self, params):
        super().reset(params)
        np.seterr(all="ignore")


@with_program
class ChangesEnvironment(NumpyProgram):
    def reset(self, params):
        super().reset(params)
        os.environ["OMP_NUM_THREADS"] = "3"


@with_program
class DrawsGlobally(NumpyProgram):
    def train_step(self, state, batch):
        random.random()
        return super().train_step(state, batch)


class AnyDevice(Right):
    def __init__(self, device="cpu", dtype="float32"):
        super().__init__("cpu", dtype)


class DeclaresDevice(Right):
    @classmethod
    def devices(cls):
        return ("cpu", "gpu:0")

    def put(self, tree):
        if self.device != "cpu":
            raise RuntimeError("no such device")
        return super().put(tree)


class OddDevices(Right):
    @classmethod
    def devices(cls):
        return ("cpu", "CUDA")


class AnyDtype(Right):
    def __init__(self, device="cpu", dtype="float32"):
        super().__init__(device, dtype if dtype in self.dtypes() else "float32")


class AnyVariant(Right):
    def ops(self, model, variant):
        return super().ops(model, "only")


class FakesUnknownCell(Right):
    def kernel(self, part, variant):
        known = isinstance(part, Layer) and isinstance(part.cell, LSTM)
        return super().kernel(replace(part, cell=LSTM()) if known else part, variant)


class IgnoresMasks(Right):
    def kernel(self, part, variant):
        made = super().kernel(part, variant)
        if made is not None:
            made.apply = lambda params, xs, state, mask=None, context=(): type(made).apply(
                made, params, xs, state, None, context
            )
        return made


class ForgetsInParallel(Right):
    def kernel(self, part, variant):
        if variant == "parallel" and isinstance(part, Layer):
            linear = isinstance(part.cell, LinearCell)
            return Forgetful(part.cell, self.xp, self.put) if linear else None
        return super().kernel(part, variant)


class Forgetful(ParallelRecurrence):
    def scan(self, state, a, b):
        return super().scan(tuple(0 * part for part in state), a, b)


ForgetsInParallel.info = replace(
    ForgetsInParallel.info, variants={"only": "any cell", "parallel": "from zeros on"}
)


class BooleansAsIntegers(Right):
    def put(self, tree):
        return tree_map(lambda a: a.astype(np.int64) if a.dtype == bool else a, super().put(tree))


class NoVersions(Right):
    @classmethod
    def versions(cls):
        return {}


class ThreadsAsText(Right):
    @classmethod
    def configure(cls, threads):
        return str(threads)


class MemoryAsText(Right):
    def peak_memory(self):
        return "3 MiB"


class OddNames(Right):
    pass


OddNames.info = BackendInfo("Odd Names", OddNames.info.target, ("numpy",), {"only": ""}, "only")


class NoDefault(Right):
    pass


NoDefault.info = BackendInfo("wrong", NoDefault.info.target, ("numpy",), {"only": ""}, "other")


class StaysHere(Right):
    pass


StaysHere.info = BackendInfo("wrong", StaysHere.info.target, ("numpy",), {"only": ""}, "only")
object.__setattr__(StaysHere.info, "requires", {"numpy": lambda: None})
