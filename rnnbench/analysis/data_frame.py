"""The rows of a run as a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rnnbench.analysis.row_objects import columns
from rnnbench.analysis.row_result import RowResult

if TYPE_CHECKING:
    import pandas as pd


def data_frame(results: Sequence[RowResult]) -> pd.DataFrame:
    """Return one line per row, with the columns of :func:`rnnbench.analysis.row_objects.columns`.

    What is not known is None or NaN.
    """
    import pandas as pd

    return pd.DataFrame({c.name: [c.value(one) for one in results] for c in columns()})
