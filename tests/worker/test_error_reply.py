import json

import pytest

from rnnbench.errors import Diverged, Mismatch, PluginError, RankEnded, ResultsError, Unsupported
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.protocol import decode_reply, encode
from rnnbench.worker.error_reply import failure


class Silent(Exception):
    def __str__(self):
        raise SystemExit


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (ValueError("out of memory"), Failed("failed", "ValueError: out of memory")),
        (MemoryError("no room"), Failed("oom", "MemoryError: no room")),
        (RuntimeError("a\nb"), Failed("failed", "RuntimeError: a")),
        (
            RuntimeError("types differ:\n\n  a is int\n"),
            Failed("failed", "RuntimeError: types differ: a is int"),
        ),
        (RuntimeError("alone:\n"), Failed("failed", "RuntimeError: alone:")),
        (RuntimeError("a\x1b[2J"), Failed("failed", r"RuntimeError: a\x1b[2J")),
        (Silent(), Failed("failed", "Silent")),
        (Unsupported("not here\nnor there"), Failed("unsupported", "not here")),
        (Mismatch("differs", 0.5), Failed("mismatch", "differs", 0.5)),
        (Diverged("out of memory"), Failed("failed", "out of memory")),
        (PluginError("out of memory"), Failed("failed", "out of memory")),
        (ResultsError("No space left"), Failed("failed", "No space left")),
        (RankEnded("rank 1 ended by SIGKILL"), Failed("failed", "rank 1 ended by SIGKILL")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_a_status_and_one_line(error, reply):
    assert failure(error) == reply


def test_the_memory_of_a_rank_may_run_out():
    error = RankEnded("rank 1 of 2: OutOfMemoryError")
    error.__cause__ = MemoryError()
    assert failure(error) == Failed("oom", "rank 1 of 2: OutOfMemoryError")


@pytest.mark.parametrize("make", [ValueError, PluginError, Unsupported, Diverged])
def test_a_reason_of_megabytes_is_cut(make):
    assert len(failure(make("x" * (4 << 20))).reason) <= 500


@pytest.mark.parametrize("reason", ["x" * (4 << 20), "a\nb\r\nc", "\x1b]0;pwned\x07", "\n" * 5000])
def test_a_reason_is_one_line_for_the_parent_whatever_a_worker_sends(reason):
    message = json.loads(encode(Failed("failed", ""))) | {"reason": reason}
    found = decode_reply(json.dumps(message)).reason
    assert found.isprintable()
    assert len(found) <= 500
