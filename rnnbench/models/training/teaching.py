"""Teacher forcing: what a decoder is told of a target sequence while it learns."""

from __future__ import annotations

from typing import Any

from rnnbench.errors import UsageError
from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.problem import Problem


def taught(xp: Namespace, problem: Problem, batch: Batch) -> Batch:
    """Return a batch as a decoder reads it: at each step it is told the target before.

    Williams & Zipser, "A learning algorithm for continually running fully recurrent neural
    networks", Neural Computation 1(2), 1989. Where the targets are no sequence of their own, a
    batch is read as it is.

    Returns:
        The inputs are the targets, one step later; the lengths are those of the targets.
    """
    if problem.targets != "sequence":
        return batch
    told = xp.concat([first_word(xp, problem, batch.targets), batch.targets[:-1]])
    return batch._replace(inputs=told, lengths=batch.target_lengths)


def first_word(xp: Namespace | Any, problem: Problem, targets: Array) -> Array:
    """Return what stands before the first target, ``(1, B)`` or ``(1, B, O)``.

    It is the token to begin with, or zeros where targets are numbers; ``xp`` may be NumPy.
    """
    zeros = xp.zeros_like(targets[:1])
    return zeros + problem.begin if problem.loss == "cross-entropy" else zeros


def check_tokens(problem: Problem) -> None:
    """Refuse a target sequence of tokens that nothing stands before, or that can't be ended.

    Raises:
        UsageError: if :attr:`Problem.begin` is none of its tokens, or :attr:`Problem.end` is beyond
            them.
    """
    written = problem.targets == "sequence" and problem.loss == "cross-entropy"
    if written and not 0 <= problem.begin < problem.outputs:
        raise UsageError(
            f"a target sequence of tokens needs one of its {problem.outputs} to begin with: the "
            f"problem's begin is {problem.begin}"
        )
    if written and problem.end >= problem.outputs:
        raise UsageError(
            f"a target sequence of tokens ends with one of its {problem.outputs}, or none (-1); "
            f"the problem's end is {problem.end}"
        )
