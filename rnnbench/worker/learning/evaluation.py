"""Scores of the row in hand on data that it is not trained on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rnnbench.contracts.inference.generation import generate, search
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.system import guarding
from rnnbench.worker.learning.tally import Tally
from rnnbench.worker.row.prepared_row import PreparedRow


def evaluate(row: PreparedRow) -> Tally:
    """Return what is scored on the held-out batches."""
    return scored(row, row.built.task.testing(row.batch), "testing()")


def scored(row: PreparedRow, batches: Iterable[Batch], method: str) -> Tally:
    """Return what is scored on batches, which a method of the task has made."""
    task, tally = row.built.task, Tally(row.built.task)
    state = row.zero_state
    # Who waits for its end must see what does not end, between two batches, too.
    with guarding.in_hand(row.who, f"evaluation by {method} of {task.who}"):
        for number, batch in enumerate(batches, 1):
            what = f"evaluation of batch {number} of {method} of {task.who}"
            with guarding.in_hand(row.who, what):
                outputs, new_state = answer(row, state, batch)
            if task.carries_state:
                state = new_state
            tally.add(outputs, batch)
    return tally


def answer(row: PreparedRow, state: States, batch: Batch) -> tuple[np.ndarray, States]:
    """Return the outputs for a held-out batch, as its task has them evaluated, and the state."""
    task = row.built.task
    if task.evaluation == "generated":
        problem = row.built.model.spec.problem
        program = (row.backend, row.program, problem)
        if task.beam == 1:
            return generate(*program, batch), state
        return np.eye(problem.outputs)[search(*program, batch, task.beam)], state
    outputs, state = row.program.forward(state, row.backend.put(batch))
    return row.backend.numpy(outputs), state
