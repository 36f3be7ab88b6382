"""Figures that others have printed, and where ours stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from rnnbench.measure.estimates import Estimate
from rnnbench.schema.plan import Planned, Printed
from rnnbench.schema.row import Row

#: Where a printed figure lies: ``within`` the interval of ours; or ours is ``above`` or ``below``.
Standing = Literal["within", "above", "below"]


def printed_beside(planned: Planned, row: Row, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return what others have printed of a row, and where its own figure stands; nothing if none.

    Args:
        planned: the comparison.
        row: which of its rows.
        figures: of the row, by their names.
    """
    found = printed_of(planned, row)
    if found is None:
        return {}
    own = None if planned.departs else figures.get(found.metric)
    return {
        "printed": found.value,
        "printed_metric": found.metric,
        "printed_unit": found.unit,
        "printed_source": found.source,
        "printed_departs": planned.departs or None,
        "printed_standing": standing(own, found.value),
    }


def printed_of(planned: Planned, row: Row) -> Printed | None:
    """Return the figure that is printed of a row: that of its variant before its backend's."""
    if not planned.printed:  # as nearly all are, and told much sooner
        return None
    names = (str(row), f"{row.backend}:{row.variant}", row.backend, "")
    own = {one.row: one for one in planned.printed}
    return next((own[name] for name in names if name in own), None)


def standing(own: Estimate | float | None, printed: float) -> Standing | None:
    """Return where our figure stands; one without an interval is a point; None if there is none."""
    if own is None:
        return None
    if not isinstance(own, Estimate):
        own = Estimate(own)
    low = own.value if own.low is None else own.low
    high = own.value if own.high is None else own.high
    if low <= printed <= high:
        return "within"
    return "above" if low > printed else "below"
