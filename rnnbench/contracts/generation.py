"""Generation: a target sequence from what a program itself has said so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def write(
    backend: Backend,
    program: Program,
    problem: Problem,
    prompt: Sequence[int],
    length: int,
    choose: Callable[[np.ndarray], int],
    progress: Callable[[int], None] = lambda count: None,
) -> list[int]:
    """Return the tokens that a program writes after a prompt, one step at a time.

    A language model is told the prompt and then what it has said itself; where targets are a
    sequence of their own, the prompt is the source, and it writes until :attr:`Problem.end`.

    Args:
        backend: what the program runs on.
        program: the model, trained.
        problem: with tokens in and out.
        prompt: at least one token.
        length: how many are written at most.
        choose: takes the logits ``(V,)`` of a step; see :class:`rnnbench.contracts.sampling`.
        progress: called with the number of tokens so far.

    Raises:
        Unsupported: if the backend can't generate.
    """
    apart = problem.targets == "sequence"
    told = [problem.begin] if apart else list(prompt)
    lengths = np.array([len(prompt)]) if problem.lengths else None
    source = Batch(column(prompt if apart else prompt[:1]), None, lengths=lengths)
    memory, state = program.begin(backend.put(source))
    found: list[int] = []
    while len(found) < length:
        for token in told:
            step = backend.put(Batch(column([token]), None))
            outputs, state = program.advance(memory, state, step)
        said = choose(backend.numpy(outputs)[0, 0])
        if apart and said == problem.end:
            break
        found.append(said)
        told = [said]
        progress(len(found))
    return found


def column(tokens: Sequence[int]) -> np.ndarray:
    """Return tokens as a batch of one example, ``(T, 1)``."""
    return np.array(tokens, np.int64)[:, None]
