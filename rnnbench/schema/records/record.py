"""What all records of a results file have."""

from __future__ import annotations

import msgspec

#: Raised whenever a field changes its meaning. New fields and new kinds of record don't raise it:
#: a reader that does not know them ignores them.
SCHEMA = 4

#: The oldest that is read. Its lines have no checksum; no line before schema 4 names its run.
OLDEST = 2


class Record(msgspec.Struct, frozen=True, tag_field="record", tag=str.lower, kw_only=True):
    """The base of all records; the field ``record`` holds the kind.

    Attributes:
        run: the run that it belongs to, drawn at random when that began; set when it is written, as
            is ``elapsed``. Empty before schema 4.
        elapsed: seconds since the run began.
    """

    run: str = ""
    elapsed: float = 0.0
