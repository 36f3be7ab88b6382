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
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnnbench.plan import Over
from rnnbench.report.blocks import name
from rnnbench.stats import CONFIDENCE, Estimate

if TYPE_CHECKING:
    import pandas as pd

#: The range in which exponents are sought.
SMALLEST, LARGEST = 0.01, 4.0
#: Three parameters, and one degree of freedom to judge them by.
FEWEST_SIZES = 4
#: Squares below this are rounding.
ROUNDING = 1e-24


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
class Fit:
    """The parameters of the cost, in its unit.

    Attributes:
        fixed: what does not depend on the size.
        growing: the rest at the size ``largest``.
        exponent: with which that grows; an end is None beyond :data:`SMALLEST` and :data:`LARGEST`.
        largest: the largest size that was fitted.
    """

    fixed: Estimate
    growing: float
    exponent: Estimate
    largest: int


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


class _Profile(NamedTuple):
    """The best fit for each of some exponents.

    Attributes:
        fixed: of the best fit, ``growing`` likewise.
        squares: the sum of its squared relative errors.
        free: what ``fixed`` would be, could it be negative; ``free_squares`` likewise.
        curvature: by how much ``free_squares`` grows with the square of the distance from ``free``.
    """

    fixed: np.ndarray
    growing: np.ndarray
    squares: np.ndarray
    free: np.ndarray
    free_squares: np.ndarray
    curvature: np.ndarray


def scalings(table: pd.DataFrame, over: Over) -> list[Scaling]:
    """Return how the costs of each row grow, by row and by :data:`COSTS`.

    Args:
        table: of one run, see :func:`rnnbench.frame.frame`; what was not measured is left out.
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


def fit(sizes: Sequence[int], costs: Sequence[float]) -> Fit | None:
    """Fit the cost.

    Args:
        sizes: :data:`FEWEST_SIZES` different ones at least, all positive.
        costs: one for each, all positive.

    Returns:
        None where a constant fits as well: then any exponent does.
    """
    from scipy.special import stdtrit

    largest = max(sizes)
    x, y = np.asarray(sizes, float) / largest, np.asarray(costs, float)
    exponent = _best_exponent(x, y)
    best = _profile(x, y, exponent)
    freedom = len(x) - 3
    quantile = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) ** 2  # F(1, n) is t(n) squared
    bound = float(best.squares[0]) * (1 + quantile / freedom) + ROUNDING
    if _constant_squares(y) <= bound:
        return None
    low, high = _exponent_interval(x, y, exponent, bound)
    exponents = np.append(np.linspace(low or SMALLEST, high or LARGEST, 1000), exponent)
    fixed = float(best.fixed[0])
    return Fit(
        Estimate(fixed, *_fixed_interval(x, y, exponents, bound)),
        float(best.growing[0]),
        Estimate(exponent, low, high),
        largest,
    )


def _profile(x: np.ndarray, y: np.ndarray, exponents: np.ndarray | float) -> _Profile:
    """Fit the linear parameters for each exponent."""
    fixed, growing = 1 / y, x ** np.atleast_1d(exponents)[:, None] / y  # in units of the cost
    size = np.sum(growing**2, axis=1)
    # What of the fixed part, and of the cost, is orthogonal to the growing part.
    own = fixed - growing * (growing @ fixed / size)[:, None]
    left = 1 - growing * (growing.sum(axis=1) / size)[:, None]
    curvature = np.sum(own**2, axis=1)
    free = np.sum(own * left, axis=1) / curvature
    kept = np.maximum(free, 0)
    slope = np.sum(growing * (1 - kept[:, None] * fixed), axis=1) / size
    free_squares = np.sum((left - free[:, None] * own) ** 2, axis=1)
    squares = np.sum((1 - kept[:, None] * fixed - slope[:, None] * growing) ** 2, axis=1)
    squares = np.where(slope > 0, squares, _constant_squares(y))  # costs that fall are no growth
    return _Profile(kept, slope, squares, free, free_squares, curvature)


def _constant_squares(y: np.ndarray) -> float:
    """Return the squared relative errors of the best constant."""
    constant = np.sum(1 / y) / np.sum(1 / y**2)
    return float(np.sum((1 - constant / y) ** 2))


def _best_exponent(x: np.ndarray, y: np.ndarray) -> float:
    from scipy.optimize import minimize_scalar

    grid = np.linspace(SMALLEST, LARGEST, 400)
    near = int(np.argmin(_profile(x, y, grid).squares))
    found = minimize_scalar(
        lambda exponent: float(_profile(x, y, exponent).squares[0]),
        bounds=(grid[max(0, near - 1)], grid[min(near + 1, len(grid) - 1)]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x)


def _exponent_interval(
    x: np.ndarray, y: np.ndarray, best: float, bound: float
) -> tuple[float | None, float | None]:
    """Return the exponents below and above the best at which the squares reach the bound."""
    from scipy.optimize import brentq

    def excess(exponent: float) -> float:
        return float(_profile(x, y, exponent).squares[0]) - bound

    low, high = (
        float(brentq(excess, best, end)) if excess(end) > 0 else None for end in (SMALLEST, LARGEST)
    )
    return low, high


def _fixed_interval(
    x: np.ndarray, y: np.ndarray, exponents: np.ndarray, bound: float
) -> tuple[float, float]:
    """Return the least and the largest fixed part with which the squares are within the bound."""
    found = _profile(x, y, exponents)
    half = np.sqrt(np.maximum(0, bound - found.free_squares) / found.curvature)
    low, high = np.maximum(found.free - half, 0), np.maximum(found.free + half, found.fixed)
    return float(low.min()), float(high.max())
