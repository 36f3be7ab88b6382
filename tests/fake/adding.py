"""A row whose program counts and whose data tell their number."""

import numpy as np
from fake_plugin import Echo

from rnnbench import LSTM, Batch, Model, Spec, Stack
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.plan.comparisons.build import Built
from rnnbench.worker.data.batches import Batches
from rnnbench.worker.row.prepared_row import BATCHES, PreparedRow


class Streaming(Echo):
    """An echo whose batches go on from one another, each telling its number."""

    carries_state = True
    who = "task 'echo'"

    def training(self, batch, seed):
        for number in range(10**6):
            yield Batch(np.full((1, 1), number), None)

    def testing(self, batch):
        return [Batch(np.full((1, 1), number), np.zeros(number + 1)) for number in (0, 1, 2)]

    def measure(self, outputs, batch):
        return float(outputs) * batch.targets.size, batch.targets.size

    grouped_by = ""

    def score(self, total, size):
        return total / size


class Independent(Streaming):
    carries_state = False


class Adding:
    """A program whose state counts steps and whose loss and output tell what it saw."""

    waits = 0

    def train_step(self, state, batch):
        return np.array(100 * state + batch.inputs[0, 0]), state + 1

    def forward(self, state, batch):
        return np.array(100 * state + batch.inputs[0, 0]), state + 1

    def wait(self):
        self.waits += 1

    def reset(self, params):
        pass


class Plain:
    dtype = "float64"
    put = numpy = staticmethod(lambda tree: tree)


MODEL = Model(Stack(), Spec(Echo.problem, LSTM(), 1))


def make(task, steps=3):
    batches = Batches(task.training(1, 0), Plain.put)
    batches.begin(BATCHES)
    built = Built(task, MODEL, Optimizer())
    return PreparedRow(built, Plain(), Adding(), 1, steps, 0, batches, True)
