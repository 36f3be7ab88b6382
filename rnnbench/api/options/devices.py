"""Where a run computes: on one device, or on several that each batch is split over."""

from __future__ import annotations

import re
from typing import Any

from rnnbench.api.options import values
from rnnbench.errors import UsageError
from rnnbench.schema.types import Repeats


def places(device: str, devices: Any = None) -> tuple[str, tuple[str, ...]]:
    """Return the device of a run and those that batches are split over, none where it is one.

    Args:
        device: the value of ``--device``.
        devices: that of ``--devices``: names, or how many of the kind of ``device``.

    Raises:
        UsageError: for what are no devices, or not of one kind.
    """
    one = values.device(device)
    if devices is None:
        return one, ()
    given = ",".join(map(str, values.several(devices)))
    if re.fullmatch(r"[0-9]+", given.strip()):
        count = values.checked("--devices", values.number(Repeats), given)
        several = first(count or 1, one)
    else:
        several = named(given, one)
    whole = "cpu" if several[0].startswith("cpu") else several[0]
    return whole, several if len(several) > 1 else ()


def first(count: int, device: str) -> tuple[str, ...]:
    """Return the names of the first devices of a kind, that of ``device``."""
    kind = device.partition(":")[0]
    return tuple(f"{kind}:{number}" for number in range(count))


def named(text: str, device: str) -> tuple[str, ...]:
    """Return devices that are named one by one.

    Raises:
        UsageError: for what are no names, not of one kind, or twice the same.
    """
    names = tuple(name.strip() for name in text.split(","))
    if wrong := [name for name in names if not re.fullmatch(r"(cpu|gpu):[0-9]{1,3}", name)]:
        raise UsageError(
            f"--devices {text!r}: {wrong[0]!r} is no device; it takes a number, or names as "
            "gpu:0,gpu:1 or cpu:0,cpu:1"
        )
    kinds = sorted({name.partition(":")[0] for name in names} | ({device[:3]} - {"cpu"}))
    if len(kinds) > 1:
        raise UsageError(f"--devices {text!r}: {' and '.join(kinds)} don't compute one batch")
    if len(set(names)) < len(names):
        raise UsageError(f"--devices {text!r}: one of them is there twice")
    return names
