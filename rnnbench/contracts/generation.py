"""Generation: a target sequence from what a program itself has said so far."""

from __future__ import annotations

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.problem import Problem
from rnnbench.models.training.teaching import first_word


def generate(backend: Backend, program: Program, problem: Problem, batch: Batch) -> np.ndarray:
    """Return the outputs of each step, the model being told at each what it said at the last.

    Greedy: of tokens it is the one with the largest logit, see :func:`chosen`. It ends when every
    example has said :attr:`Problem.end`, or after as many steps as the batch has targets; these are
    not looked at. What an example says after its end means nothing, and is zero after that of all.

    Args:
        backend: what the program runs on.
        program: the model, trained.
        problem: with ``sequence`` targets.
        batch: the source, in NumPy.

    Returns:
        ``(T, B, O)``, shaped as the outputs of :meth:`Program.forward`.

    Raises:
        Unsupported: if the backend can't generate.
    """
    said = first_word(np, problem, batch.targets)  # (1, B)
    steps, ended = len(batch.targets), np.zeros(said.shape[1], bool)
    found: list[np.ndarray] = []
    memory, state = program.begin(backend.put(batch))
    while len(found) < steps and not ended.all():
        outputs, state = program.advance(memory, state, backend.put(Batch(said, None)))
        found.append(backend.numpy(outputs)[0])
        said = chosen(problem, found[-1])[None]
        if problem.loss == "cross-entropy":
            ended |= said[0] == problem.end
    silent = [np.zeros_like(found[0])] * (steps - len(found))
    return np.stack([*found, *silent])


def chosen(problem: Problem, outputs: np.ndarray) -> np.ndarray:
    """Return what a model says by its outputs ``(..., O)``: the likeliest token, or the numbers."""
    return outputs.argmax(axis=-1) if problem.loss == "cross-entropy" else outputs
