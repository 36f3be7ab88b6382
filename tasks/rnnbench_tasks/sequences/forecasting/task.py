"""Forecasting: read a window of a series and say what it will be some steps later.

The Mackey-Glass series as a test of networks is that of Lapedes & Farber, "Nonlinear signal
processing using neural networks", Los Alamos LA-UR-87-2662, 1987; persistence and seasonal
persistence as what a forecast is held against, Hyndman & Athanasopoulos, "Forecasting: principles
and practice", section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, UsageError
from rnnbench_tasks.files.examples import Examples, FromExamples
from rnnbench_tasks.sequences.forecasting import series
from rnnbench_tasks.sequences.forecasting.series import Series, SeriesName
from rnnbench_tasks.wording import many

#: The share of a series that is trained on, at its beginning.
TRAINING_SHARE = 0.8
#: Values that a series must have, of which some are trained on and others scored.
FEWEST = 10


@dataclass(frozen=True)
class Forecasting(FromExamples):
    """Read T values of some columns, and give the first column's value h steps after the last.

        inputs  v_{t-T+1} … v_t   (T, B, C)
        target  v_{t+h}           (B, 1)

    The first 80 % of a series are trained on: all windows whose target lies there. Scored are those
    whose target lies in the rest; their first steps may reach back. Each column is scaled by its
    mean and standard deviation over the first 80 % alone.

    Loss and score are the mean squared error of scaled values. The naive forecast is persistence,
    v_t, or where the series has a season of s steps seasonal persistence, v_{t+h-ks} with the
    smallest k that is past: whichever is better over what is trained on.

    Attributes:
        series: ``mackey-glass``, 3,000 values of the chaotic series with delay 17; ``sunspots`` by
            year and ``co2`` by week need statsmodels.
        path: a CSV file instead, whose first line names the columns.
        columns: of the file, with commas between them: the first is forecast, all are read.
        time: a column of times, which must increase and are not read otherwise.
        horizon: h, in steps.
        season: s, in steps; 0 for the series' own (sunspots 11, co2 52), or none.
        length: T.
    """

    name: ClassVar[str] = "forecasting"
    defaults: ClassVar[Defaults] = Defaults(hidden=32, lr=5e-3, steps=500)
    in_time: ClassVar[bool] = True

    series: SeriesName = "mackey-glass"
    path: str | None = None
    columns: str | None = None
    time: str | None = None
    horizon: Annotated[int, msgspec.Meta(ge=1)] = 6
    season: Annotated[int, msgspec.Meta(ge=0)] = 0
    length: Annotated[int, msgspec.Meta(ge=1)] = 24

    @cached_property
    def _series(self) -> Series:
        """The series, read once."""
        if self.path is not None:
            read = series.of_csv(self.path, self.columns, self.time)
            if (count := len(read.values)) < FEWEST:
                raise UsageError(
                    f"{self.path} has {many(count, 'values')}: {FEWEST} are needed at least"
                )
            return read
        if self.series == "mackey-glass":
            return series.mackey_glass()
        return series.shipped(self.series)

    @cached_property
    def scaled(self) -> np.ndarray:
        """The series ``(N, C)``, scaled by what is trained on."""
        values = self._series.values
        trained = values[: self._cut]
        with np.errstate(over="ignore", invalid="ignore"):
            spread = trained.std(axis=0)
            scaled: np.ndarray = (values - trained.mean(axis=0)) / spread
        if not spread.all():
            raise UsageError(
                f"forecasting: {self._names(spread == 0)} never changes in the first {self._cut} "
                "values: leave it out of --set forecasting.columns=A,B"
            )
        if not (sound := np.isfinite(spread) & np.isfinite(scaled).all(axis=0)).all():
            raise UsageError(
                f"forecasting: the values in {self._names(~sound)} are too far apart to be scaled: "
                "give them in another unit"
            )
        return scaled

    def _names(self, which: np.ndarray) -> str:
        """Return the names of some columns, and whose they are."""
        return f"{', '.join(np.array(self._series.columns)[which])} of {self.source}"

    @property
    def _cut(self) -> int:
        return int(TRAINING_SHARE * len(self._series.values))

    @property
    def train(self) -> Examples:
        """The windows whose target is trained on."""
        return self._windows(self.length - 1 + self.horizon, self._cut)

    @property
    def valid(self) -> Examples:
        """The windows whose target lies behind that."""
        return self._windows(max(self._cut, self.length - 1 + self.horizon), len(self.scaled))

    @property
    def source(self) -> str:
        """The name of the series."""
        return self._series.name if self.path is None else self.path

    @property
    def noun(self) -> str:
        """Windows."""
        return "windows"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was done to the file, or to gaps."""
        return self._series.remarks

    @property
    def score_name(self) -> str:
        """The mean squared error of scaled values."""
        return "mean squared error"

    @property
    def sizes(self) -> str:
        """The window, how far ahead, and the series."""
        return f"T {self.length}, {self.horizon} ahead, {self._series.name}"

    @property
    def problem(self) -> Problem:
        """The columns in, one number out at the end."""
        return Problem(inputs=len(self._series.columns), outputs=1, targets="one")

    def check(self, batch: int) -> None:
        """Raise UsageError if options have no meaning, or there are too few windows."""
        for option in ("columns", "time"):
            if self.path is None and getattr(self, option) is not None:
                raise UsageError(f"forecasting.{option} means nothing without forecasting.path")
        if self.path is not None and self.series != type(self).series:
            raise UsageError(
                f"forecasting.series = {self.series!r} does nothing beside path = {self.path!r}"
            )
        trained = f"the {self._cut} values of {self.source} that are trained on: give smaller ones"
        if self.length - 1 + self.horizon >= self._cut:
            told = f"length = {self.length} and horizon = {self.horizon}"
            raise UsageError(f"forecasting: {told} are longer than {trained}")
        if self._seasons_back >= self._cut:
            told = f"season = {self.season} and horizon = {self.horizon}"
            raise UsageError(f"forecasting: {told} are longer than {trained}")
        super().check(batch)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Sum the squared errors, and count them."""
        return float(np.square(outputs - batch.targets).sum()), float(outputs.size)

    @cached_property
    def back(self) -> int:
        """How many steps before its target the naive forecast is taken."""
        return min({self.horizon, self._seasons_back or self.horizon}, key=self._persistence)

    @property
    def _seasons_back(self) -> int:
        """The whole seasons in which the horizon lies, in steps; 0 where there is no season."""
        season = self.season or self._series.season
        return season * -(-self.horizon // season) if season else 0

    @property
    def naive_score(self) -> float:
        """The error of persistence, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the error of the naive forecast on exactly what is scored."""
        first = max(self._cut, self.length - 1 + self.horizon)
        count = self.valid.count // batch * batch
        return self._error(np.arange(first, first + count), self.back)

    @property
    def target(self) -> float | None:
        """A tenth of a standard deviation; of the default series alone."""
        return 0.01 if self.path is None and self.series == "mackey-glass" else None

    @property
    def naive_loss(self) -> float:
        """The error of the naive forecast on what is trained on."""
        return self._error(np.arange(self.length - 1 + self.horizon, self._cut), self.back)

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the file as it was read, or of the numbers."""
        return self._series.sha256

    def _persistence(self, back: int) -> float:
        return self._error(np.arange(max(back, self.length - 1 + self.horizon), self._cut), back)

    def _error(self, targets: np.ndarray, back: int) -> float:
        """Return the error of taking the value some steps before each of these places."""
        column = self.scaled[:, 0]
        return float(np.square(column[targets] - column[np.maximum(targets - back, 0)]).mean())

    def _windows(self, first: int, end: int) -> Examples:
        """Return the windows whose targets stand from one place to before another."""
        places = np.arange(first, max(first, end))  # (N,), of the targets
        steps = np.arange(1 - self.length, 1)[:, None] - self.horizon  # (T, 1), before them
        return Examples(self.scaled[places + steps], self.scaled[places, :1], one=True)
