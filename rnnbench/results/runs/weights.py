"""The weights that a run has saved: which of them are meant by its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rnnbench.errors import UsageError
from rnnbench.results.queries import planned_of, trainings
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.training import Training
from rnnbench.text import plain

#: How many files an error names.
MOST_NAMED = 5


class Chosen(NamedTuple):
    """A file of weights.

    Attributes:
        path: of the file.
        sha256: of what the run has written to it.
        others: how many more of the same comparison could have been meant.
    """

    path: Path
    sha256: str | None
    others: int


def choose_weights(records: Sequence[AnyRecord], file: Path) -> Chosen:
    """Return the weights of a run that have the best score.

    Args:
        records: of the run.
        file: its results file.

    Raises:
        UsageError: if it has saved none, or those of several comparisons.
    """
    found = [one for one in trainings(records) if one.status == "ok" and one.weights]
    if not found:
        raise UsageError(
            f"{plain(str(file))}: this run has saved no weights; rnnbench run --save-weights does"
        )
    if len({one.key for one in found}) > 1:
        more = f", and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        named = ", ".join(str(_path(one, file)) for one in found[:MOST_NAMED])
        several = f"this run has saved weights of several nets; name one: {named}{more}"
        raise UsageError(plain(several))
    higher = planned_of(records)[found[0].key].higher_is_better
    best = max(found, key=lambda one: (one.score or 0.0) * (1 if higher else -1))
    return Chosen(_path(best, file), best.weights_hash, len(found) - 1)


def _path(training: Training, file: Path) -> Path:
    """Return the file of a training's weights, which is beside the results.

    Raises:
        UsageError: if it is named elsewhere, as no run of ours does.
    """
    name = training.weights or ""
    if name != Path(name).name or name in ("", ".", ".."):
        raise UsageError(plain(f"{file}: {name!r} is no file in the folder of this run"))
    return file.parent / name
