"""Judging in a child: the oracle computes by the code of strangers, in the middle of a run.

A cell or a task may end the process, never return, or change what a process has, after all was
timed. The child is ended then, and what it was to judge has failed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from rnnbench.contracts.values import raised, tame
from rnnbench.errors import NoAnswer, PluginError, RnnbenchError
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages.message import Failed
from rnnbench.system import guarding
from rnnbench.system.processes import marks
from rnnbench.system.processes.descendants import end_marked

Found = TypeVar("Found")


def judged(
    judge: Callable[[], Found], kind: type[Found], comparison: Comparison, longest: float, mark: str
) -> Found | Failed:
    """Return what is found by calls of a comparison's task, network and cell, or why nothing is.

    Where this process isn't ours, as in a notebook, they are called here.

    Args:
        judge: computes and compares; it changes nothing that is needed later.
        kind: of what it returns, which is handed over as MessagePack.
        comparison: what is judged, named where it fails.
        longest: seconds that they may take.
        mark: what the child, and all that it starts, is known by; what it leaves is ended.
    """
    either: Any = tuple[kind | None, str | None]  # type: ignore[valid-type]
    who = f"{comparison.task} with {comparison.model}"

    def in_hand() -> bytes:
        """Return what is found, or a failure; an interruption that is the user's goes on."""
        with guarding.in_hand(who, "the audit"):
            try:
                return msgspec.msgpack.encode((judge(), None))
            except BaseException as error:
                if guarding.is_interruption(error):
                    raise
                error = tame(error)
                reason = error if isinstance(error, RnnbenchError) else f"{who}: {raised(error)}"
                return msgspec.msgpack.encode((None, f"no audit: {reason}"))

    try:
        answer = guarding.apart(in_hand, longest, once=True, prepare=partial(marks.bear, mark))
        found, reason = msgspec.msgpack.decode(in_hand() if answer is None else answer, type=either)
    except NoAnswer as error:
        return Failed("timeout", f"no audit: {error}")
    except PluginError as error:
        named = str(error) if who in str(error) else f"{who}: {error}"
        return Failed("crashed", f"no audit: {named}")
    except msgspec.DecodeError:  # somebody has written into its answer
        return Failed("crashed", f"no audit: {who} gives no answer that can be told")
    finally:
        end_marked(mark)
    return Failed("failed", reason or "") if found is None else found
