"""A part of a plan, for a batch system that runs many.

Parts have whole comparisons, as their rows belong together. They are dealt out in turn, since
comparisons that stand together take about as long. Which is which is known to every process that is
given the same command, so that none has to speak to another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.schema.plan import Part, Plan, Planned
from rnnbench.text import many, shown

#: What parts consist of: whole comparisons, or the trainings of one seed, with the timing in the
#: part of the first.
Split = Literal["comparisons", "seeds"]
_FORM = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")


def parse(text: str) -> tuple[int, int]:
    """Return the number of a part and how many there are, of ``3/12``.

    Raises:
        UsageError: if it is of another form.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"--part {shown(text)}: write 3/12 for the third of twelve")
    if int(found[1]) > int(found[2]):
        raise UsageError(
            f"--part {shown(text)}: there are {found[2]} parts, the last is {found[2]}"
        )
    return int(found[1]), int(found[2])


def part_of(plan: Plan, number: int, of: int, split: Split = "comparisons") -> Plan:
    """Return a part of a plan.

    Args:
        plan: the whole one.
        number: of the part, from 1.
        of: how many there are.
        split: what parts consist of.

    Raises:
        UsageError: if there would be parts without anything to do, or it can't be split.
    """
    chunks = chunks_of(plan, of, split)
    seed, chunk = divmod(number - 1, chunks)
    part = Part(
        number=number,
        of=of,
        whole=digest(plan),
        chunk=chunk,
        chunks=chunks,
        seeds=plan.seeds,
        timed=split == "comparisons" or seed == 0,
    )
    seeds = plan.seeds if split == "comparisons" else [plan.seeds[seed]]
    return replace(plan, comparisons=plan.comparisons[chunk::chunks], seeds=seeds, part=part)


def chunks_of(plan: Plan, of: int, split: Split) -> int:
    """Return into how many chunks of comparisons a plan is divided.

    Raises:
        UsageError: see :func:`part_of`.
    """
    if plan.stream or plan.scale:
        raise UsageError("a run whose comparisons belong together can't be divided into parts")
    there, seeds = len(plan.comparisons), len(plan.seeds)
    if split == "comparisons":
        if of > there:
            raise UsageError(f"{of} parts: the plan has {many(there, 'comparison')}")
        return of
    if of % seeds or of // seeds > there:
        usual = ", ".join(str(seeds * chunks) for chunks in range(1, min(there, 3) + 1))
        raise UsageError(
            f"{of} parts with --split seeds: there are {many(seeds, 'seed')} and "
            f"{many(there, 'comparison')}: a multiple of {seeds} up to {seeds * there}, as {usual}"
        )
    return of // seeds


def digest(plan: Plan) -> str:
    """Return what all parts of a plan share: 16 hexadecimal digits of what is measured.

    Threads have no part in it: by default they are those of each machine. Versions neither; what
    was measured with others is told apart when the parts are gathered.
    """
    whole = (list(map(apart_from_threads, plan.comparisons)), plan.rows, plan.seeds, plan.processes)
    text = msgspec.json.encode((*whole, plan.precision), order="sorted")
    return hashlib.sha256(text).hexdigest()[:16]


def apart_from_threads(planned: Planned) -> str:
    """Return the key that a comparison would have with one thread."""
    return replace(planned.comparison, threads=1).key


def usual_parts(plan: Plan, split: Split, most: int) -> int:
    """Return how many parts are made of a plan where nobody says: as many as there can be.

    Args:
        plan: the whole one.
        split: what parts consist of.
        most: that a batch system takes.
    """
    there, seeds = len(plan.comparisons), len(plan.seeds)
    if split == "comparisons":
        return min(there, most)
    return seeds * max(1, min(there, most // seeds))


def ranges(numbers: Sequence[int]) -> str:
    """Return numbers as batch systems take them, in order: ``1-3,7``."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ",".join("-".join(map(str, one)) for one in found)
