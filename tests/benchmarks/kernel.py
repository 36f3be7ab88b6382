"""One row alone in this process, set up as a worker sets itself up; and a plain loop over it.

    python tests/benchmarks/kernel.py torch:fused 100-16-128-128 --seconds 5

prints the seconds of each step as JSON. A script imports this first: it sets the process up.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from rnnbench.system import denormals, threads

if "numpy" not in sys.modules:  # as in a worker, before a library starts threads
    denormals.flush()
    os.environ.update(threads.environment(threads.available()))

from typing import NamedTuple

import numpy as np

from rnnbench.contracts.loading import load
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.plugins.registry import Registry

RULE = Optimizer("adam", lr=1e-3, clip=1.0)
#: Compute threads, the same for all.
COUNT = threads.available()
#: Calls before anything is timed.
WARM_UP = 5


class Kernel(NamedTuple):
    """A program with what it is called with."""

    program: Program
    state: States
    batch: Batch
    model: Model

    def step(self):
        """Run a training step and wait for it."""
        self.program.train_step(self.state, self.batch)
        self.program.wait()


def setting(backend, shape, variant, cell=LSTM(), network=Stack(), layers=1, lengths=False):  # noqa: B008
    """Return layers of a cell with a read-out at the last step, for a shape ``T, B, I, H``.

    Where the problem has lengths, all of them are T: what is computed is the same.
    """
    steps, examples, inputs, hidden = shape
    problem = Problem(inputs, outputs=1, targets="one", lengths=lengths)
    model = Model(network, Spec(problem, cell, hidden, layers=layers))
    program = backend.program(model, model.initial(0), variant, RULE)
    rng = np.random.default_rng(0)
    batch = Batch(
        rng.standard_normal((steps, examples, inputs)),
        rng.random((examples, 1)),
        lengths=np.full(examples, steps) if lengths else None,
    )
    return Kernel(program, backend.put(model.zero_state(examples)), backend.put(batch), model)


def prepare(row, shape):
    """Return the warm kernel of a row ``backend:variant``, a shape given as ``T-B-I-H``."""
    name, _, variant = row.partition(":")
    threads.pin(COUNT)
    info = Registry.of().backend(name)
    backend_class = load(info.target)
    backend_class.configure(COUNT)
    sizes = tuple(map(int, shape.split("-")))
    kernel = setting(backend_class(), sizes, variant or info.default)
    for _ in range(WARM_UP):
        kernel.step()
    return kernel


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("row")
    parser.add_argument("shape")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    kernel = prepare(options.row, options.shape)
    found, end = [], time.perf_counter() + options.seconds
    while (start := time.perf_counter()) < end:
        kernel.step()
        found.append(time.perf_counter() - start)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
