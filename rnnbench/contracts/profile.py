"""What the profiler of a framework has seen, as a backend hands it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

#: An object of the Trace Event Format, which Perfetto and ``chrome://tracing`` open: its ``ph`` is
#: ``X`` for what has a beginning ``ts`` and a duration ``dur``, both in microseconds.
Event = Mapping[str, Any]


class Profile(NamedTuple):
    """What a framework's own profiler has seen.

    Attributes:
        events: of the trace, as the profiler tells them.
        operation: the name under which an event with a duration is counted, such as ``addmm``; None
            where it is no operation. The time of those within an operation on the same thread is
            theirs alone.
    """

    events: Sequence[Event]
    operation: Callable[[Event], str | None]
