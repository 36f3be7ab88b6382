"""Names that tell things apart: each as short as that allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


def shortest(labels: Mapping[Thing, Sequence[str]]) -> dict[Thing, str]:
    """Return the first label of each thing that no other one has; with its number if none is so.

    Args:
        labels: what each may be called, the shortest first.
    """
    used = Counter(label for own in labels.values() for label in dict.fromkeys(own))

    def name(number: int, own: Sequence[str]) -> str:
        return next((label for label in own if used[label] == 1), f"{own[-1]} #{number}")

    return {thing: name(number, own) for number, (thing, own) in enumerate(labels.items(), 1)}
