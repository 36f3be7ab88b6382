"""Backends whose optimizers are wrong in one way each."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from wrong_backends import Right, with_program

from rnnbench.models.layers.recurrent import Layer
from rnnbench.oracle.backend import NumpyProgram
from rnnbench.oracle.optimizer import ReferenceOptimizer


def with_optimizer(optimizer):
    """Return the right backend with another optimizer."""

    class Program(NumpyProgram):
        def reset(self, params):
            super().reset(params)
            self.optimizer.__class__ = optimizer

    Program.__name__ = optimizer.__name__
    return with_program(Program)


@with_optimizer
class RightOptimizer(ReferenceOptimizer):
    pass


@with_optimizer
class NoBiasCorrection(ReferenceOptimizer):
    def _adam(self, k, g):
        super()._adam(k, g)
        return self.first[k] / (np.sqrt(self.second[k]) + self.rule.EPSILON)


@with_optimizer
class DecayInTheGradient(ReferenceOptimizer):
    def _adamw(self, k, g):
        return self._adam(k, g + self.decays[k] * self.arrays[k])


@with_optimizer
class NesterovOfTheStepBefore(ReferenceOptimizer):
    def _sgd(self, k, g):
        before = self.first[k].copy()
        v = super()._sgd(k, g)
        return g + self.rule.momentum * before if self.rule.nesterov else v


@with_optimizer
class ClipsEachAlone(ReferenceOptimizer):
    def step(self, gradients, rate=None):
        limit = self.rule.clip or np.inf
        each = [g * min(1, limit / (np.linalg.norm(g) + 1e-6)) for g in gradients]
        super().step(each, rate)


@with_optimizer
class ClipsTheNormAlone(ReferenceOptimizer):
    def step(self, gradients, rate=None):
        self.rule = replace(self.rule, clip_value=None)
        super().step(gradients, rate)


@with_optimizer
class IgnoresTheRate(ReferenceOptimizer):
    def step(self, gradients, rate=None):
        super().step(gradients)


@with_program
class CompilesForEachRate(NumpyProgram):
    def reset(self, params):
        super().reset(params)
        self.rates = set()

    def train_step(self, state, batch):
        self.rates.add(None if batch.rate is None else float(batch.rate))
        return super().train_step(state, batch)

    def traces(self):
        return len(self.rates)


class TakesNoMasks(Right):
    """The loop as a kernel that knows no lengths, so that a gate channel is put into it."""

    def kernel(self, part, variant):
        made = super().kernel(part, variant)
        if isinstance(part, Layer):
            made.takes_masks = False
        return made


class DecaysConstants(TakesNoMasks):
    @staticmethod
    def make(*arguments):
        program = NumpyProgram(*arguments)
        decays = program.optimizer.decays
        decays[:] = [program.rule.weight_decay] * len(decays)
        return program


class KnowsNothingNew(Right):
    """A plugin that was written when there were sgd, rmsprop and adam alone."""

    TRAINS: ClassVar[frozenset] = frozenset()

    def program(self, model, params, variant, optimizer):
        assert optimizer.name != "adamw"
        assert not optimizer.nesterov
        assert optimizer.clip_value is None
        return super().program(model, params, variant, optimizer)


@with_program
class CountsEveryTarget(NumpyProgram):
    def gradient(self, state, batch):
        return super().gradient(state, batch._replace(counted=None))


@with_program
class HandsOnTheLastState(NumpyProgram):
    def train_step(self, state, batch):
        _, last = self.forward(state, batch._replace(noise=None))
        loss, _ = super().train_step(state, batch)
        return loss, last
