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

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rnnbench.analysis.fit import Fit, fit
from rnnbench.analysis.table import name
from rnnbench.plan.scale import FEWEST_SIZES
from rnnbench.schema.plan import Over

if TYPE_CHECKING:
    import pandas as pd


class Cost(NamedTuple):
    """A cost: its name, its column in the frame of a run and its unit."""

    name: str
    column: str
    unit: str


COSTS = (
    Cost("train step", "train_step_ms", "ms"),
    Cost("forward", "forward_ms", "ms"),
    Cost("memory", "peak_memory_mib", "MiB"),
)


@dataclass(frozen=True)
class Scaling:
    """How one cost of one row grows.

    Attributes:
        row: ``backend:variant``.
        cost: which.
        sizes: those that are fitted, ascending; ``costs`` belong to them.
        aside: those whose cost is not, since it has no interval: too few undisturbed rounds.
        fit: None where there is none, for the ``reason``.
    """

    row: str
    cost: Cost
    sizes: list[int]
    costs: list[float]
    aside: list[int]
    fit: Fit | None
    reason: str | None


def scalings(table: pd.DataFrame, over: Over) -> list[Scaling]:
    """Return how the costs of each row grow, by row and by :data:`COSTS`.

    Args:
        table: of one run, see :func:`rnnbench.analysis.table.frame`; what was not measured is
            left out.
        over: what was varied, a column of the frame.
    """
    return [
        scaling(name(own.iloc[0]), cost, own, over)
        for _, own in table.groupby(["backend", "variant", "environment"], sort=False, dropna=False)
        for cost in COSTS
    ]


def scaling(row: str, cost: Cost, lines: pd.DataFrame, over: Over) -> Scaling:
    """Return how one cost of one row grows, from the lines of the row."""
    measured = lines.dropna(subset=[over, cost.column]).sort_values(over)
    low = f"{cost.column}_low"  # memory has none
    used = measured.dropna(subset=[low]) if low in measured else measured
    aside = [int(size) for size in measured[over] if size not in set(used[over])]
    sizes = [int(size) for size in used[over]]
    costs = [float(value) for value in used[cost.column]]
    found, reason = None, None
    if len(sizes) < FEWEST_SIZES:
        reason = f"measured at {len(sizes)} sizes; a fit needs {FEWEST_SIZES}"
    elif (found := fit(sizes, costs)) is None:
        reason = "no growth that stands out from the scatter, so no exponent"
    return Scaling(row, cost, sizes, costs, aside, found, reason)
