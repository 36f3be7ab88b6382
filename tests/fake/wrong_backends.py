"""Backends that break one promise each: the reference with one fault."""

from dataclasses import replace
from typing import ClassVar

import numpy as np

from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.recurrences.parallel import ParallelRecurrence
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.cell import LinearCell
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.layers.recurrent import Layer
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


class GradientsInDouble(Right):
    def value_and_grad(self, function, arrays):
        value, gradients = super().value_and_grad(function, arrays)
        return value, [gradient.astype(np.float64) for gradient in gradients]


class SmallTokens(Right):
    def put(self, tree):
        return tree_map(
            lambda a: a.astype(np.int16) if a.dtype == np.int64 else a, super().put(tree)
        )


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


class SaysLessThanItTakes(Right):
    pass


SaysLessThanItTakes.info = replace(SaysLessThanItTakes.info, default_for=("lstm", "tcn"))
