"""Backends whose programs over several devices break one promise each."""

from fake_backend import Split
from wrong_backends import Right

from rnnbench import Unsupported


class Splits(Right):
    """Computes the shares of a batch one after the other, and finds no GPU."""

    split = Split

    def parallel_program(self, model, params, variant, optimizer, devices):
        if missing := [name for name in devices if name.startswith("gpu")]:
            raise Unsupported(f"no {missing[0]} here")
        return self.split(model, self.ops(model, variant), params, optimizer, self.put)


def with_split(program):
    """Return the right backend with another program over several devices."""
    own = {"split": program, "__module__": program.__module__}
    return type(program.__name__, (Splits,), own)


@with_split
class MeanOfMeans(Split):
    """Takes the shares to be as large as each other, whatever of them is padding."""

    def _weights(self, batches):
        return [1 / len(batches)] * len(batches)


@with_split
class SumOfShares(Split):
    """Adds up what it should take the mean of."""

    def _weights(self, batches):
        return [len(batches) * weight for weight in super()._weights(batches)]


@with_split
class FirstShareAlone(Split):
    """Computes outputs and states of all, and trains on the first share."""

    def _weights(self, batches):
        return [1.0] + [0.0] * (len(batches) - 1)


@with_split
class OutOfOrder(Split):
    """Puts shares together in the order in which they are ready."""

    def _shares(self, state, batch):
        return list(reversed(super()._shares(state, batch)))


@with_split
class DriftsApart(Split):
    """Goes on from the parameters of the last training."""

    resets = 0

    def reset(self, params):
        self.resets += 1
        if self.resets < 3:
            super().reset(params)


class AnyGPU(Splits):
    def parallel_program(self, model, params, variant, optimizer, devices):
        here = tuple(name.replace("gpu", "cpu") for name in devices)
        return super().parallel_program(model, params, variant, optimizer, here)


class ForgetsToDivide(Right):
    """Could make devices of the CPU, and nobody has told it to."""

    @classmethod
    def divide_cpu(cls, count):
        cls.count = count

    def parallel_program(self, model, params, variant, optimizer, devices):
        raise Unsupported(f"no {devices[-1]} here")
