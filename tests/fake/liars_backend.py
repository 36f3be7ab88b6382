"""The programs of ``liars``: each is the reference, and saves or hides work once it is timed.

A program knows that it is timed when it is reset: that is done before each turn, never in a check.
"""

import time

import numpy as np
from liars import HONEST_STEPS, LIARS
from msgspec.structs import replace

from rnnbench.measure import timer
from rnnbench.models.arrays.trees import tree_map
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.worker.row import prepared_row


class Timed(NumpyProgram):
    """The reference; counts resets, and steps and forward passes since the last one."""

    resets = -1

    def reset(self, params):
        super().reset(params)
        self.resets += 1
        self.steps = self.forwards = 0

    def train_step(self, state, batch):
        self.steps += 1
        if not self.resets:
            return super().train_step(state, batch)
        return self.timed_step(state, batch)

    def forward(self, state, batch):
        self.forwards += 1
        if not self.resets:
            return super().forward(state, batch)
        return self.timed_forward(state, batch)

    def timed_step(self, state, batch):
        return super().train_step(state, batch)

    def timed_forward(self, state, batch):
        return super().forward(state, batch)


class Constant(Timed):
    """Returns what it returned last."""

    def train_step(self, state, batch):
        if not self.resets:
            self.last_step = super().train_step(state, batch)
        return self.last_step

    def forward(self, state, batch):
        if not self.resets:
            self.last_forward = super().forward(state, batch)
        return self.last_forward


class ByShape(NumpyProgram):
    """Computes only what has the shape of the check."""

    def train_step(self, state, batch):
        if batch.inputs.shape[:2] == (5, 3):
            return super().train_step(state, batch)
        return np.zeros((), np.float32), state


class KeepsByBatch(NumpyProgram):
    """Keeps results by the contents of a batch."""

    def __init__(self, *arguments):
        self.kept = {}
        super().__init__(*arguments)

    def _once(self, compute, state, batch):
        key = compute.__name__, batch.inputs.tobytes()
        if key not in self.kept:
            self.kept[key] = compute(state, batch)
        return self.kept[key]

    def train_step(self, state, batch):
        if len(batch.inputs) == 5:  # the check trains on one batch three times
            return super().train_step(state, batch)
        return self._once(super().train_step, state, batch)

    def forward(self, state, batch):
        return self._once(super().forward, state, batch)


class EverySecondStep(Timed):
    def timed_step(self, state, batch):
        if self.steps % 2:
            self.last = super().timed_step(state, batch)
        return self.last


class ForgetsToTrain(Timed):
    """Computes the loss alone after a few steps."""

    def timed_step(self, state, batch):
        if self.steps <= HONEST_STEPS:
            return super().timed_step(state, batch)
        return self.model.cost(self.ops, self.native, state, batch)


class InHalfPrecision(Timed):
    """Rounds the parameters to half precision before each step, as if it computed with those."""

    def timed_step(self, state, batch):
        whole = tree_map(np.copy, self.native)
        self._assign(tree_map(lambda array: array.astype(np.float16), whole))
        loss, gradients, state = self._differentiate(state, batch)
        self._assign(whole)
        self.optimizer.step([g for group in gradients.values() for g in group.values()])
        return loss, state

    def _assign(self, values):
        for group, arrays in values.items():
            for name, array in arrays.items():
                self.native[group][name][...] = array


class HonestAfterReset(Timed):
    """Expects to be looked at just after a reset."""

    def timed_step(self, state, batch):
        if self.steps <= 2:
            self.last = super().timed_step(state, batch)
        return self.last

    def timed_forward(self, state, batch):
        if self.forwards <= 2:
            self.last_outputs = super().timed_forward(state, batch)
        return self.last_outputs


class HonestAtFirst(Timed):
    """Computes everything in its first turn alone."""

    def timed_step(self, state, batch):
        if self.resets == 1 or self.steps == 1:
            self.last = super().timed_step(state, batch)
        return self.last


class Later(Timed):
    """Leaves all steps until something is read."""

    queue = ()

    def reset(self, params):
        self.queue = []
        super().reset(params)

    def timed_step(self, state, batch):
        loss = np.zeros((), np.float32)
        self.queue.append((loss, state, batch))
        return loss, state

    def catch_up(self):
        queue, self.queue = self.queue, []
        for loss, state, batch in queue:
            loss[...] = super().timed_step(state, batch)[0]

    def params(self):
        self.catch_up()
        return super().params()


class MoreCalls(NumpyProgram):
    """Has each sample say that it holds ten times the calls."""

    def __init__(self, *arguments):
        super().__init__(*arguments)

        def sample(program, run, calls, **options):
            made = timer.sample(program, run, calls, **options)
            return replace(made, calls=10 * calls) if calls > 1 else made

        prepared_row.sample = sample


class SlowClock(NumpyProgram):
    """Makes the clock of its process run at half speed."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        timer.time = Clock(0.5)


class FastClock(NumpyProgram):
    """Makes it run at twice the speed, which nobody would."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        timer.time = Clock(2.0)


class Clock:
    def __init__(self, speed):
        self.speed = speed

    def perf_counter_ns(self):
        return int(self.speed * time.perf_counter_ns())


PROGRAMS = {
    "constant": Constant,
    "by-shape": ByShape,
    "keeps-by-batch": KeepsByBatch,
    "every-second-step": EverySecondStep,
    "forgets-to-train": ForgetsToTrain,
    "in-half-precision": InHalfPrecision,
    "honest-after-reset": HonestAfterReset,
    "honest-at-first": HonestAtFirst,
    "later": Later,
    "more-calls": MoreCalls,
    "slow-clock": SlowClock,
    "fast-clock": FastClock,
}


class Liar(NumpyBackend):
    info = LIARS
    made = None

    def program(self, model, params, variant, optimizer):
        make = PROGRAMS.get(variant, NumpyProgram)
        self.made = make(model, self.ops(model, variant), params, optimizer, self.put)
        return self.made

    def numpy(self, array):
        if isinstance(self.made, Later):
            self.made.catch_up()
        return super().numpy(array)
