"""What a run holds in short, from its file without its samples: rows, and how they ended."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from rnnbench.schema.json_faults import UNREADABLE
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES, MEASURED, Status
from rnnbench.system.io.files import open_to_read

#: The largest file that is looked through, in bytes.
LARGEST = 1 << 30


class _Ended(msgspec.Struct):
    """A row of a timing, without its figures."""

    row: Row
    status: Status


class _Line(msgspec.Struct):
    """What of a line of a results file tells how rows ended; the rest is passed over."""

    record: str
    key: str = ""
    rows: list[_Ended] = []


class Outline(NamedTuple):
    """How the rows of a run ended, those of each comparison counted on their own.

    Attributes:
        rows: that were timed, or were meant to.
        ok: those that have figures.
        failed: those that failed; others could not run.
    """

    rows: int = 0
    ok: int = 0
    failed: int = 0


def outline(*files: Path) -> Outline:
    """Return what the files of a run hold, or of its parts; damaged lines are passed over.

    Its samples are not decoded, so that many runs can be listed.
    """
    decode = msgspec.json.Decoder(_Line).decode
    ends: dict[tuple[str, Row], Status] = {}
    for file in files:
        with suppress(OSError), open_to_read(file, LARGEST) as lines:  # gone, or nobody may read it
            for line in lines:
                try:
                    found = decode(line)
                except UNREADABLE:
                    continue
                if found.record in ("timing", "streaming"):  # the later one of a comparison holds
                    ends |= {(found.key, one.row): one.status for one in found.rows}
    counts = Counter(ends.values())
    return Outline(
        len(ends), sum(counts[one] for one in MEASURED), sum(counts[one] for one in FAILURES)
    )
