"""What is compared of rows that were given one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from rnnbench.analysis import streaming
from rnnbench.analysis.two_runs.metrics import Metric
from rnnbench.measure import ratios
from rnnbench.measure.estimates import Effect
from rnnbench.schema.records.streaming import RowStreaming
from rnnbench.schema.sample import StreamTurn

#: What of a block of steps a metric is.
OF_BLOCKS: Mapping[Metric, Callable[[StreamTurn], float]] = {
    "latency": streaming.median,
    "latency-p99": streaming.percentile,
}


def figures(row: RowStreaming, metrics: Collection[Metric]) -> dict[Metric, Effect]:
    """Return the metrics that are known of a row, in logarithms of seconds."""
    found = {
        metric: streaming.effect(streaming.times(row, kind))
        for metric, kind in OF_BLOCKS.items()
        if metric in metrics
    }
    return {metric: effect for metric, effect in found.items() if effect is not None}


def ratio(old: RowStreaming, new: RowStreaming, metric: Metric) -> Effect | None:
    """Return a row over another of the same run, within its rounds; None where that is unknown."""
    both = [streaming.times(row, OF_BLOCKS[metric]) for row in (new, old)]
    found = ratios.ratio(*both) if all(both) else None
    return found if found and found.has_interval else None
