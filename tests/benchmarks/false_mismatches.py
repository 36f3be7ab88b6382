"""How often an audit would convict an honest program, by the paths of the oracle set off.

    python tests/benchmarks/false_mismatches.py --cell indrnn --draws 60
    python tests/benchmarks/false_mismatches.py --task adding-problem --cell gru --row jax:fused

An honest program trains for a block, in float32, from each of so many starts, and is held against
the oracle as an audit does. Beside it two that lie: one rounds the weights to
half precision before each step, one makes updates by a thousandth too large.
"""

from __future__ import annotations

import argparse
from itertools import accumulate, islice

import numpy as np
from threadpoolctl import threadpool_limits

from rnnbench.contracts.loading import load
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.audit.block import Left, drawn_start, entries_of
from rnnbench.oracle.audit.differences import (
    MARGIN,
    Reference,
    differences,
    excuses,
    larger,
    widened,
    worst,
)
from rnnbench.oracle.audit.path import Work, trajectory
from rnnbench.oracle.backend import NumpyProgram
from rnnbench.oracle.parity import TOLERANCE
from rnnbench.oracle.perturbed import set_off
from rnnbench.plugins.registry import Registry
from rnnbench.running.audits.judge import PATHS

DTYPE = "float32"
#: The tasks, and how long their sequences are.
LENGTHS = {"language-modeling": 16, "adding-problem": 10}
SHARE = TOLERANCE[DTYPE] / MARGIN


class Half(NumpyProgram):
    """Differentiates at weights in half precision."""

    def _differentiate(self, state, batch):
        whole = self.native
        self.native = tree_map(lambda array: array.astype(np.float16).astype(array.dtype), whole)
        found = super()._differentiate(state, batch)
        self.native = whole
        return found


class Larger(NumpyProgram):
    """Makes updates by a thousandth too large."""

    def train_step(self, state, batch):
        before = tree_map(np.copy, self.native)
        found = super().train_step(state, batch)
        for path, arrays in before.items():
            for name, old in arrays.items():
                self.native[path][name] += 1e-3 * (self.native[path][name] - old)
        return found


def what(task, cell, steps):
    """Return what is trained: small enough for many draws."""
    registry = Registry.of([])
    task = registry.tasks[task](length=LENGTHS[task])
    defaults, carried = task.defaults, task.problem.tokens
    spec = Spec(task.problem, registry.cells[cell](), 32, 1, defaults.embedding, carried=carried)
    rule = Optimizer(defaults.optimizer, defaults.lr, clip=defaults.clip)
    stream = list(islice(task.training(16, 0), steps))
    return Work(Model(Stack(), spec), rule, 16, stream, carried, DTYPE)


def by_oracle(work, begin, dtype, make=NumpyProgram):
    steps = len(work.stream)
    path = trajectory(work, begin, {steps}, 1, dtype, float("inf"), make)
    return Left(np.array(path.losses), path.params[steps], np.empty(0))


def by_program(work, begin, backend, program):
    program.reset(begin.params)
    state, losses = backend.put(begin.state), []
    for batch in work.stream:
        loss, new_state = program.train_step(state, backend.put(batch))
        state = new_state if work.carries_state else state
        losses.append(float(backend.numpy(loss)))
    return Left(np.array(losses), entries_of(program.params(), 1), np.empty(0))


def errors(left, reference, paths):
    """Return the error without an excuse, and with those of one path, of two, and so on."""
    found = differences(left, reference)
    known = [{}, *accumulate(paths, larger)]
    return [worst(found, DTYPE, widened(excused, DTYPE)).error for excused in known]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--task", default="language-modeling", choices=LENGTHS)
    parser.add_argument("--cell", default="indrnn")
    parser.add_argument("--row", default="jax:scan", metavar="BACKEND:VARIANT")
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--steps", type=int, default=70)
    options = parser.parse_args()
    work = what(options.task, options.cell, options.steps)
    name, _, variant = options.row.partition(":")
    kind = load(Registry.of([]).backend(name).target)
    kind.configure(1)
    backend = kind("cpu", DTYPE)
    program = backend.program(work.model, work.model.initial(0), variant, work.optimizer)
    wrong = {who: np.zeros(PATHS + 1, int) for who in ("honest", "half precision", "larger")}
    with threadpool_limits(1, "blas"):
        for draw in range(options.draws):
            begin = drawn_start(work.model, work.batch, draw, DTYPE)
            before = entries_of(begin.params, 1)
            right = Reference(by_oracle(work, begin, "float64"), before)
            off = [by_oracle(work, begin, DTYPE, set_off(DTYPE, SHARE, k)) for k in range(PATHS)]
            paths = [excuses(differences(path, right)) for path in off]
            lefts = {
                "honest": by_program(work, begin, backend, program),
                "half precision": by_oracle(work, begin, DTYPE, Half),
                "larger": by_oracle(work, begin, DTYPE, Larger),
            }
            for who, left in lefts.items():
                wrong[who] += np.array(errors(left, right, paths)) > TOLERANCE[DTYPE]
            told = "; ".join(f"{who} {' '.join(map(str, n))}" for who, n in wrong.items())
            print(f"{draw + 1} draws, wrong by 0 to {PATHS} paths: {told}", flush=True)


if __name__ == "__main__":
    main()
