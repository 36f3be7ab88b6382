"""Text that a trained net writes, in a worker of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rnnbench.errors import UsageError
from rnnbench.running.workers.log_folder import log_folder
from rnnbench.running.workers.orphans import Strays
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.inference import Generate, Generated
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.row import Row
from rnnbench.system.processes.signals import Interruption
from rnnbench.weights.header import Header

#: Seconds that the worker may be silent.
TIMEOUT = 600.0


def check_text(header: Header, prompt: str) -> list[int]:
    """Return the tokens of a prompt for a net that writes text.

    Raises:
        UsageError: if it writes none, or the prompt has symbols that it does not know.
    """
    task, problem = header.comparison.task, header.problem
    continues = problem.targets == "every" and problem.causal
    if (
        not problem.tokens
        or problem.loss != "cross-entropy"
        or not (continues or problem.targets == "sequence")
    ):
        raise UsageError(
            f"a net of {task} writes no text: its answers are none; those of language models and "
            "of networks that write a sequence are"
        )
    if header.reads is None or header.writes is None:
        does = "reads" if header.reads is None else "writes"
        raise UsageError(f"a net of {task} {does} no text: its tokens stand for no symbols")
    if len(header.reads.symbols) > problem.inputs or len(header.writes.symbols) > problem.outputs:
        raise UsageError("these weights are of fewer symbols than they say; the file is damaged")
    tokens = header.reads.tokens(prompt)
    if not tokens:
        raise UsageError("--prompt is empty: a net needs at least one symbol to begin with")
    if problem.source == "one" and len(tokens) > 1:
        raise UsageError(f"--prompt: a net of {task} is given one symbol, not {len(tokens)}")
    return tokens


def check_beam(header: Header) -> None:
    """Refuse a beam search for a net that goes on with a text.

    Raises:
        UsageError: naming its task.
    """
    if header.problem.targets != "sequence":
        raise UsageError(
            f"--beam is for nets that write a target for a source, as those of translation do; one "
            f"of {header.comparison.task} goes on with its prompt"
        )


def missing(row: Row, device: str, opened: Opened) -> Failed | None:
    """Return that a backend lacks a device, None if it has it."""
    if device in opened.devices:
        return None
    there = ", ".join(opened.devices)
    return Failed("unsupported", f"{row.backend} has no device {device!r} here, it has {there}")


def write(
    row: Row,
    weights: Path,
    request: Generate,
    plugins: Sequence[str],
    tell: Callable[[str], None],
    progress: Callable[[int], None],
) -> Generated | Failed:
    """Return what a net writes, or why it can't.

    Args:
        row: backend and variant.
        weights: the file of its weights.
        request: what it is asked.
        plugins: the values of ``-p``.
        tell: shows a line.
        progress: called with the number of tokens so far.

    Raises:
        KeyboardInterrupt: if it is interrupted.
    """

    def share(message: Progress) -> bool:
        progress(message.step)
        return message.step <= request.length

    slot, strays = Slot(row, 0), Strays(tell)
    with log_folder() as folder, Interruption(tell) as interruption:
        pool = Pool(
            plugins, 1, folder.path, TIMEOUT, strays=strays, weights=str(weights.absolute())
        )
        try:
            opened = pool.open([slot])[slot]
            lacks = opened if isinstance(opened, Failed) else missing(row, request.device, opened)
            reply = lacks or pool.ask(slot, request, Generated, share)
        finally:
            interruption.ignore()
            pool.close()
        if isinstance(reply, Failed):
            folder.told(reply.reason)
    return reply
