"""Which comparisons of a run a picture leaves out, and why: nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rnnbench.analysis.learning.curves import finished
from rnnbench.report.pictures import KindName
from rnnbench.report.pictures.panel import Comparison
from rnnbench.schema.plan import Planned

#: So many comparisons are named; of more it is told how many they are.
FEW = 3
#: What a comparison lacks that has no picture of a kind.
LACKING: dict[KindName, str] = {
    "time": "no row was timed undisturbed",
    "learning": "no training loss is known",
    "score": "no row has a score and the seconds of its training",
    "to-target": "no row that was timed undisturbed was scored on its way to a target",
    "over-length": "the task tells no sequences apart by length",
    "peak": "of no row the share of the peak is known",
    "memory": "of no row the memory is known",
    "latency": "no row was timed undisturbed",
}
#: The kinds that are drawn of trainings.
OF_TRAININGS: Collection[KindName] = ("learning", "score", "to-target", "over-length")


def lines(
    kind: KindName, planned: Mapping[str, Planned], missing: Mapping[str, Comparison | None]
) -> list[str]:
    """Return which comparisons are not drawn, a line per reason.

    Args:
        kind: of the picture.
        planned: the comparisons of the run, by key.
        missing: those that are not drawn, by key; None for one that was not measured.
    """
    reasons: dict[str, list[str]] = {}
    for key, found in missing.items():
        reasons.setdefault(why(kind, planned[key], found), []).append(named(planned[key]))
    return [line(reason, names, len(planned)) for reason, names in reasons.items()]


def why(kind: KindName, planned: Planned, found: Comparison | None) -> str:
    """Return why a comparison is not drawn."""
    if found is None:
        return "not measured"
    if kind not in OF_TRAININGS or any(map(finished, found.trainings.values())):
        return LACKING[kind]
    return "no training was finished" if planned.comparison.steps else "timed without training"


def named(planned: Planned) -> str:
    """Return a comparison in words, with its sizes."""
    own = planned.comparison
    return f"{own.task} · {own.model} ({planned.sizes})"


def line(reason: str, names: Sequence[str], count: int) -> str:
    """Return what is said of comparisons that are not drawn for one reason.

    Args:
        reason: why.
        names: of these.
        count: how many comparisons there are.
    """
    if len(names) > FEW:
        return f"{len(names)} of {count} comparisons not drawn, {reason}"
    return f"not drawn, {reason}: {'; '.join(names)}"
