"""Learning curves: the training loss over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.learning.curves import learning_curve
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.pictures.learning.curves import curves_with, drawn, fit, panel
from rnnbench.report.pictures.panel import Comparison, Form, Panel
from rnnbench.report.pictures.style import axis, per_row


def learning_curves(comparison: Comparison) -> Panel | None:
    """Draw the training loss of all rows over the steps, and the loss of the naive predictor."""
    lines = [line for one in comparison.results if (line := curve_of(comparison, one))]
    if not lines:
        return None
    naive = comparison.first.naive_loss
    last = max(line["step"][-1] for line in lines)
    fitted = fit(lines, naive, least=0.0)
    form = curves(comparison.names, drawn(lines), fitted.marks, fitted.has_band)
    words = f"training loss over {last} steps; the naive predictor has {naive:.3g}"
    return panel(comparison, form, fitted, words, "without a training loss", naive=naive)


@cache
def curves(
    names: Sequence[str], shown: Sequence[str], marks: Sequence[float], has_band: bool
) -> Form:
    """Return the form of learning curves; a line of its data holds a whole curve."""
    x = axis("training step", from_zero=True) | {"field": "step"}
    y, look = axis("training loss", marks), per_row(names, drawn=shown)
    return curves_with(x, y, look, has_band, "naive")


def curve_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the learning curve of a row as a line of data, None if it has none."""
    curve = learning_curve(comparison.trainings.get(one.row, []))
    if not curve.steps:
        return None
    intervals = {"low": curve.lows, "high": curve.highs}
    return {"row": str(one.row), "step": curve.steps, "value": curve.losses, **intervals}
