"""How a cost grows with a size: a fixed part and a power, with intervals.

    cost(n) = fixed + growing · (n / largest)^exponent        fixed ≥ 0, growing ≥ 0

``largest`` is the largest size, so ``growing`` is what the fixed part leaves of the cost there.
Relative errors are what is minimised: a millisecond is as good at 2 ms as a second at 2000 s.
For a given exponent the other two are a linear least-squares problem, so the search is in one
dimension (variable projection: Golub & Pereyra, SIAM J. Numer. Anal. 10(2), 1973).

The intervals are those of the likelihood, not a bootstrap's: they hold every value with which the
squares S can be made as small as S ≤ S_min (1 + F / (n-3)), F being the 95 % quantile of F(1, n-3)
(Bates & Watts, "Nonlinear regression analysis and its applications", Wiley 1988, chapter 6).
With six sizes three degrees of freedom are left, and a bootstrap of so few residuals gives
intervals that are too narrow; one over rounds sees neither what differs from size to size nor that
the cost may be no power at all. These widen with both, and need not be symmetric.

What all sizes share, such as a process that happens to be 3 % slow, is in the fixed and in the
growing part but not in the interval. The exponent does not feel it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal, NamedTuple

from rnnbench.analysis.fit import Fit, fit
from rnnbench.analysis.row_result import RowResult
from rnnbench.measure.estimates import Estimate
from rnnbench.schema.plan import FEWEST_SIZES, Over
from rnnbench.schema.row import Row
from rnnbench.text import many


class Cost(NamedTuple):
    """A cost: its name, the column of a row that it is, and its unit."""

    name: str
    column: Literal["train_step_ms", "forward_ms", "memory_added_mib"]
    unit: str

    @property
    def is_timed(self) -> bool:
        """Whether it is a time, which others may disturb."""
        return self.unit == "ms"


COSTS = (
    Cost("train step", "train_step_ms", "ms"),
    Cost("forward", "forward_ms", "ms"),
    Cost("memory", "memory_added_mib", "MiB"),  # what earlier sizes have left does not count
)


@dataclass(frozen=True)
class Growth:
    """How one cost of one row grows.

    Attributes:
        row: whose cost it is.
        cost: which.
        sizes: those that are fitted, ascending; ``costs`` belong to them.
        aside: those whose cost is not, since it has no interval: too few undisturbed rounds.
        fit: None where there is none, for the ``reason``.
    """

    row: Row
    cost: Cost
    sizes: list[int]
    costs: list[float]
    aside: list[int]
    fit: Fit | None
    reason: str | None


def growths(results: Sequence[RowResult], over: Over) -> list[Growth]:
    """Return how the costs of each row grow, by row and by :data:`COSTS`.

    Args:
        results: of one run; what was not measured is left out.
        over: what was varied.
    """
    rows: dict[Row, list[RowResult]] = {}
    for result in results:
        rows.setdefault(result.row, []).append(result)
    return [growth(cost, own, over) for own in rows.values() for cost in COSTS]


def growth(cost: Cost, results: Sequence[RowResult], over: Over) -> Growth:
    """Return how one cost of one row grows, from its results at several sizes."""
    costs = [(getattr(one, over), getattr(one, cost.column)) for one in results if one.rounds]
    measured = sorted((pair for pair in costs if pair[0] is not None), key=itemgetter(0))
    used = [(size, figure) for size, one in measured if (figure := fitted(one)) is not None]
    sizes, figures = [size for size, _ in used], [figure for _, figure in used]
    aside = [size for size, _ in measured if cost.is_timed and size not in sizes]
    found, reason = None, None
    if over == "devices":  # whose law is another one, see rnnbench.analysis.speedup
        return Growth(results[0].row, cost, sizes, figures, aside, None, None)
    if len(sizes) < FEWEST_SIZES:
        reason = f"measured at {many(len(sizes), 'size')}; a fit needs {FEWEST_SIZES}"
    elif (found := fit(sizes, figures)) is None:
        reason = "no growth that stands out from the scatter, so no exponent"
    return Growth(results[0].row, cost, sizes, figures, aside, found, reason)


def fitted(cost: Estimate | float | None) -> float | None:
    """Return the figure of a cost, None of one that has no relative error.

    That is a cost that is unknown, a time without an interval, and no memory at all: what earlier
    sizes have left was enough.
    """
    if isinstance(cost, Estimate):
        return None if cost.low is None else cost.value
    return cost or None
