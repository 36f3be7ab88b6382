"""A profiler for NumPy, which has none: calls of Python, as ``cProfile`` sees them, with a clock.

An operator such as ``@`` and a ufunc are no calls to Python: their time is that of the function
that they stand in.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from rnnbench import Profile

#: What Python tells a profiler, and whether something begins with it.
BEGINS = {"call": True, "c_call": True, "return": False, "c_return": False, "c_exception": False}


def profile(work: Callable[[], None]) -> Profile:
    """Run ``work`` and return each call in it as an event."""
    told: list[tuple[int, bool, str]] = []

    def tell(frame: FrameType, event: str, called: Any) -> None:
        name = name_of(frame) if event in ("call", "return") else name_of_builtin(called)
        told.append((time.perf_counter_ns(), BEGINS[event], name))

    before = sys.getprofile()
    sys.setprofile(tell)
    try:
        work()
    finally:
        sys.setprofile(before)
    return Profile(list(events(told)), lambda event: str(event["name"]))


def name_of(frame: FrameType) -> str:
    """Return the module of a function and its name in it."""
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}"


def name_of_builtin(called: Any) -> str:
    """Return the same of a function that is written in C."""
    module = getattr(called, "__module__", None) or "builtins"
    return f"{module}.{getattr(called, '__qualname__', '?')}"


def events(told: list[tuple[int, bool, str]]) -> Iterator[dict[str, Any]]:
    """Yield the event of each call that begins and ends within what was told."""
    place = {"pid": os.getpid(), "tid": 0}
    yield {"ph": "M", "name": "process_name", **place, "args": {"name": "NumPy"}}
    open_: list[tuple[int, str]] = []
    for now, begins, name in told:
        if begins:
            open_.append((now, name))
        elif open_ and open_[-1][1] == name:  # else it had begun before
            start, _ = open_.pop()
            times = {"ts": start / 1e3, "dur": (now - start) / 1e3}
            yield {"ph": "X", "name": name, **times, **place}
