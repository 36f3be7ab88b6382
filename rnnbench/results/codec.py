"""One record as one line of JSON, with a checksum that shows whether it is whole.

The last field of a line, ``crc32``, is the CRC-32 of the line without it: of ``{"record":…}``.
"""

from __future__ import annotations

import re
import zlib
from typing import Any, Literal

import msgspec

from rnnbench.results.shown_records import ShownRecord
from rnnbench.schema.json_faults import UNREADABLE, fault_of
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.record import OLDEST

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnyRecord).decode
_decode_shown = msgspec.json.Decoder(ShownRecord).decode
_KINDS = {member.__struct_config__.tag for member in AnyRecord.__args__}
_CHECKSUM = re.compile(rb',"crc32":"([0-9a-f]{8})"}\Z')
_LENGTH = len(b',"crc32":"01234567"}')


class Damaged(ValueError):
    """A line that is no whole record; the message says what is wrong."""


class NoRecord(Damaged):
    """A line that is no record of ours; why, is found out when it is told."""

    def __init__(self, what: str, line: bytes, hint: Any) -> None:
        """Take what it is not, the line, and the type that it should have been."""
        super().__init__(what, line, hint)

    def __str__(self) -> str:
        what, line, hint = self.args
        return f"{what}: {fault_of(line, hint) or 'its fields do not fit together'}"


class Unknown(ValueError):
    """A record of a kind that a later version of rnnbench has added."""


class _Head(msgspec.Struct):
    """The fields that a record has in every version."""

    record: str
    schema: int | None = None


class Beginning(msgspec.Struct):
    """What the first line of a file says of its run, in every version: the plan is left out."""

    record: Literal["run"]
    started: str
    schema: int
    run: str = ""
    name: str | None = None
    command: list[str] = []


def encode(record: AnyRecord) -> bytes:
    """Return the line of a record, with its end."""
    body = _encode(record)
    return b'%b,"crc32":"%08x"}\n' % (body[:-1], zlib.crc32(body))


def decode(line: bytes, checked: bool = True, to_show: bool = False) -> AnyRecord:
    """Return the record of a line; fields that this version does not know are ignored.

    Args:
        line: without its end.
        checked: whether it must have a checksum, as from schema 3 on.
        to_show: whether only what tables show is wanted; see
            :mod:`rnnbench.results.shown_records`.

    Raises:
        Damaged: if it is no whole record.
        Unknown: if it is whole, and of a kind that this version does not know.
    """
    _check(line, checked)
    try:
        record: AnyRecord = _decode_shown(line) if to_show else _decode(line)
    except UNREADABLE:
        head = _head(line)
        if head and head.record not in _KINDS:
            raise Unknown(head.record) from None
        raise NoRecord("not a record", line, AnyRecord) from None
    return record


def beginning(line: bytes) -> Beginning:
    """Return what the first line of a file says of its run.

    Raises:
        Damaged: if it is no whole record of a run.
    """
    try:
        found = msgspec.json.decode(line, type=Beginning)
    except UNREADABLE:
        raise NoRecord("not the record of a run", line, Beginning) from None
    _check(line, found.schema > OLDEST)
    return found


def _check(line: bytes, checked: bool) -> None:
    """Hold a line against its checksum, which it must have if it is ``checked``.

    Raises:
        Damaged: if it differs, or is missing.
    """
    found = _CHECKSUM.match(line, max(0, len(line) - _LENGTH))
    if found and int(found[1], 16) != zlib.crc32(
        b"}", zlib.crc32(memoryview(line)[: found.start()])
    ):
        raise Damaged("its checksum differs")
    if checked and not found:
        raise Damaged("cut off, or without its checksum")


def schema_of(line: bytes) -> int | None:
    """Return the schema that the first line of a file states, None if it states none."""
    head = _head(line)
    return head.schema if head else None


def _head(line: bytes) -> _Head | None:
    try:
        return msgspec.json.decode(line, type=_Head)
    except UNREADABLE:
        return None
