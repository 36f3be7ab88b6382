"""Fitting a power law with a fixed part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnbench.measure.estimates import CONFIDENCE, Estimate

#: The range in which exponents are sought.
SMALLEST, LARGEST = 0.01, 4.0
#: Squares below this are rounding.
ROUNDING = 1e-24


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
