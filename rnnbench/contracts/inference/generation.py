"""Generation: a target sequence from what a program itself has said so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.inference.sampling import rounded
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch, States, tree_map
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


def search(
    backend: Backend,
    program: Program,
    problem: Problem,
    batch: Batch,
    beam: int,
    progress: Callable[[int], None] = lambda count: None,
) -> np.ndarray:
    """Return the likeliest target of each example that a beam search finds.

    Of each example the ``beam`` likeliest beginnings y_1 … y_t are kept, by Σ log p(y_k | y_<k);
    each is continued by every token, but one that has ended stays as it is. Without a limit to
    what is kept it is the likeliest target of all (Sutskever, Vinyals & Le 2014, section 3.2).
    It is decided in float64, on logits rounded as by :mod:`rnnbench.contracts.inference.sampling`;
    of equally likely ones the first is kept. It ends when the likeliest of each example has ended,
    which nothing else can overtake, or after as many steps as the batch has targets: then the
    likeliest that has ended is taken, if one has.

    Args:
        backend: what the program runs on.
        program: the model, trained.
        problem: with a sequence of tokens as targets.
        batch: the source, in NumPy.
        beam: K, how many beginnings are kept.
        progress: called with the number of steps so far.

    Returns:
        Tokens ``(T, B)``; after the end of an example its end again.

    Raises:
        Unsupported: if the backend can't generate.
    """
    said = np.repeat(first_word(np, problem, batch.targets), beam, axis=1)  # (1, B K)
    examples, tokens = said.shape[1] // beam, problem.outputs
    found = np.zeros((0, examples, beam), np.int64)
    ended = np.zeros((examples, beam), bool)
    likely = np.full((examples, beam), -np.inf)
    likely[:, 0] = 0
    memory, state = program.begin(backend.put(repeated(batch, beam)))
    while len(found) < len(batch.targets) and not ended[:, 0].all():
        outputs, state = program.advance(memory, state, backend.put(Batch(said, None)))
        steps = log_softmax(backend.numpy(outputs)[0]).reshape(examples, beam, tokens)
        steps[ended] = np.where(np.arange(tokens) == problem.end, 0, -np.inf)
        every = (likely[..., None] + steps).reshape(examples, beam * tokens)
        best = np.argsort(-rounded(every), axis=1, kind="stable")[:, :beam]  # (B, K)
        likely = np.take_along_axis(every, best, axis=1)
        origin, token = np.divmod(best, tokens)
        found = np.concatenate([np.take_along_axis(found, origin[None], axis=2), token[None]])
        ended = token == problem.end
        state = reordered(backend, state, np.arange(examples)[:, None] * beam + origin)
        said = token.reshape(1, -1)
        progress(len(found))
    best = ended.argmax(axis=1)[None, :, None]  # the first that has ended, or else the first
    silent = np.full((len(batch.targets) - len(found), examples), problem.end)
    return np.concatenate([np.take_along_axis(found, best, axis=2)[..., 0], silent])


def reordered(backend: Backend, state: States, rows: np.ndarray) -> States:
    """Return the state of these examples, in this order."""
    own = tree_map(lambda array: backend.numpy(array)[rows.ravel()], state)
    found: States = backend.put(own)
    return found


def repeated(batch: Batch, times: int) -> Batch:
    """Return the source of a batch, each example so many times."""
    lengths = None if batch.lengths is None else np.repeat(batch.lengths, times)
    return Batch(np.repeat(batch.inputs, times, axis=1), None, lengths=lengths)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log p of each token, in float64, by rounded logits ``(..., V)``."""
    levels = rounded(logits)
    levels = levels - levels.max(axis=-1, keepdims=True)
    return np.asarray(levels - np.log(np.exp(levels).sum(axis=-1, keepdims=True)))


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
        choose: takes the logits ``(V,)`` of a step, as in
            :mod:`rnnbench.contracts.inference.sampling`.
        progress: called with the number of tokens so far.

    Raises:
        Unsupported: if the backend can't generate.
    """
    apart = problem.targets == "sequence"
    told = [problem.begin] if apart else list(prompt)
    source = source_of(problem, prompt if apart else prompt[:1], len(prompt))
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


def write_likeliest(
    backend: Backend,
    program: Program,
    problem: Problem,
    prompt: Sequence[int],
    length: int,
    beam: int,
    progress: Callable[[int], None] = lambda count: None,
) -> list[int]:
    """Return the likeliest tokens that :func:`search` finds for a source, without their end.

    Args:
        backend: what the program runs on.
        program: the model, trained.
        problem: with tokens in, and a sequence of tokens out.
        prompt: the source, at least one token.
        length: how many are written at most.
        beam: how many beginnings are kept.
        progress: called with the number of tokens so far.

    Raises:
        Unsupported: if the backend can't generate.
    """
    blank = np.zeros((length, 1), np.int64)
    batch = source_of(problem, prompt, len(prompt))._replace(targets=blank)
    found: list[int] = search(backend, program, problem, batch, beam, progress)[:, 0].tolist()
    return found[: found.index(problem.end)] if problem.end in found else found


def source_of(problem: Problem, tokens: Sequence[int], length: int) -> Batch:
    """Return a batch of one example, and how long it is where the problem has lengths."""
    return Batch(column(tokens), None, lengths=np.array([length]) if problem.lengths else None)


def column(tokens: Sequence[int]) -> np.ndarray:
    """Return tokens as a batch of one example, ``(T, 1)``."""
    return np.array(tokens, np.int64)[:, None]
