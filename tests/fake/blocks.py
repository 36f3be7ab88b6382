"""A small training, and what a block of it leaves behind, by the oracle."""

import numpy as np

from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.audit import block, path
from rnnbench.oracle.audit.block import Left
from rnnbench.oracle.audit.differences import Reference
from rnnbench.oracle.audit.path import Work
from rnnbench.oracle.backend import NumpyProgram

STEPS = 6


def small_work():
    """Return what is computed."""
    rng = np.random.default_rng(0)
    stream = [
        Batch(rng.standard_normal((5, 4, 2)), rng.standard_normal((4, 1))) for _ in range(STEPS)
    ]
    model = Model(Stack(), Spec(Problem(2, 1, targets="one"), Elman(), 8, 1, 0))
    return Work(model, Optimizer("adam", 1e-3, None), 4, stream, False, "float32")


def left(work, dtype, draw=3, make=NumpyProgram):
    """Return what a block leaves behind."""
    begin = block.drawn_start(work.model, work.batch, draw, work.dtype)
    followed = path.trajectory(work, begin, {STEPS}, 1, dtype, 60, make)
    outputs = path.outputs_of(work, begin, 1, 1, dtype)
    return Left(np.array(followed.losses), followed.params[STEPS], outputs)


def reference(work, draw=3):
    """Return what it should have left behind."""
    begin = block.drawn_start(work.model, work.batch, draw, work.dtype)
    return Reference(left(work, "float64", draw=draw), block.entries_of(begin.params, 1))
