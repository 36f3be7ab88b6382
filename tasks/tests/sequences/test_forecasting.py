from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.sequences.forecasting import series
from rnnbench_tasks.sequences.forecasting.task import Forecasting

ROWS = [f"2024-01-{day:02},{day % 7},{10 * day}" for day in range(1, 31)]
HEADING = "day,a,b"


def written(folder: Path, lines: list[str], **options: object) -> Forecasting:
    """Return the task of a CSV file that holds these lines."""
    (folder / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    usual = {"time": "day", "length": 3, "horizon": 2}
    return Forecasting(path=str(folder / "series.csv"), **(usual | options))  # type: ignore[arg-type]


def test_mackey_glass_follows_its_equation() -> None:
    values = series.mackey_glass().values[:, 0]
    # At whole times the slope is seen by a difference of order 4 over its neighbours.
    k = np.arange(40, len(values) - 40)
    slope = (values[k - 2] - 8 * values[k - 1] + 8 * values[k + 1] - values[k + 2]) / 12
    then = values[k - 17]
    assert np.abs(slope - (0.2 * then / (1 + then**10) - 0.1 * values[k])).max() < 2e-3
    assert 0.2 < values.min() < values.max() < 1.4


def test_windows_and_their_targets(tmp_path: Path) -> None:
    task = written(tmp_path, [HEADING, *ROWS])
    values = np.array([[day % 7, 10 * day] for day in range(1, 31)], float)
    scaled = (values - values[:24].mean(axis=0)) / values[:24].std(axis=0)
    assert task.train.count == 24 - 4
    assert task.valid.count == 6
    assert np.allclose(task.train.inputs[:, 0], scaled[:3])
    assert np.allclose(task.train.targets[0], scaled[4, 0])
    assert np.allclose(task.valid.inputs[:, 0], scaled[20:23])
    assert np.allclose(task.valid.targets[0], scaled[24, 0])


def test_nothing_that_is_scored_decides_the_scale(tmp_path: Path) -> None:
    other = [*ROWS[:-1], "2024-01-30,1000,1000"]
    one, two = (written(tmp_path, [HEADING, *rows]) for rows in (ROWS, other))
    first = one.train.inputs
    (tmp_path / "series.csv").write_text("\n".join([HEADING, *other]))
    assert np.array_equal(first, two.train.inputs)


def test_the_naive_forecast_is_the_better_persistence(tmp_path: Path) -> None:
    plain = written(tmp_path, [HEADING, *ROWS])
    seasonal = written(tmp_path, [HEADING, *ROWS], season=7)
    assert plain.back == 2
    assert seasonal.back == 7
    assert seasonal.naive_score_for(2) < 1e-20 < plain.naive_score_for(2)


def test_columns(tmp_path: Path) -> None:
    task = written(tmp_path, [HEADING, *ROWS], columns="b,a")
    assert task.problem.inputs == 2
    steps = np.diff(task.train.targets[:, 0])  # column b rises evenly
    assert np.allclose(steps, steps[0])
    assert written(tmp_path, [HEADING, *ROWS], columns="a").problem.inputs == 1


def test_times_are_those_of_their_zones(tmp_path: Path) -> None:
    """The night on which clocks go back has an hour twice."""
    summer, winter = "2024-01-01T02:30+02:00,1,1", "2024-01-01T02:10+01:00,2,2"
    written(tmp_path, [HEADING, summer, winter, *ROWS[1:]]).check(1)
    with pytest.raises(UsageError, match="line 3: the time"):
        written(tmp_path, [HEADING, winter, summer, *ROWS[1:]]).check(1)


@pytest.mark.parametrize("name", ["sunspots", "co2"])
def test_series_that_statsmodels_ships(name: str) -> None:
    pytest.importorskip("statsmodels")
    task = Forecasting(series=name)  # type: ignore[arg-type]
    task.check(32)
    assert np.isfinite(task.train.inputs).all()
    assert bool(task.remarks) == (name == "co2")


@pytest.mark.parametrize(
    ("lines", "options", "said"),
    [
        ([HEADING, *ROWS[:5], "2024-01-06,,1"], {}, "line 7: column 'a' has no value"),
        ([HEADING, *ROWS[:5], "2024-01-06,x,1"], {}, "line 7: column 'a' holds 'x', which is no"),
        ([HEADING, *ROWS[:5], "2024-01-06,nan,1"], {}, "line 7: column 'a' holds 'nan'"),
        ([HEADING, *ROWS[:5], "2024-01-05,1,1"], {}, "line 7: the time '2024-01-05' is not after"),
        ([HEADING, *ROWS[:5], "someday,1,1"], {}, "line 7: the time 'someday' is neither"),
        (
            [HEADING, "1,1,1", *ROWS],
            {},
            "line 3: the time '2024-01-01' is a date, and",
        ),
        (
            [HEADING, *ROWS, "9e99,1,1"],
            {},
            "line 32: the time '9e99' is a number, and",
        ),
        (["day", *(row[:10] for row in ROWS)], {}, "has no column beside that of times, 'day'"),
        ([HEADING, *(f"{k},{k}e200,{k}" for k in range(20))], {}, "a of .* are too far apart"),
        ([HEADING, *ROWS, "2025,2,3\x0c2026,5,6"], {}, "line 32: 5 values under 3 names"),
        ([HEADING, *ROWS], {"time": None}, "column 'day' holds '2024-01-01'"),
        ([HEADING, *ROWS], {"columns": "c"}, "has no column 'c'; it has day, a, b"),
        ([HEADING, *ROWS], {"time": "when"}, "forecasting.time: .* has no column 'when'"),
        ([HEADING, *ROWS, "1,2"], {}, "line 32: 2 values under 3 names"),
        (["1,2,3", "4,5,6"], {"time": None}, "line 1: there must be the names of the columns"),
        ([HEADING], {}, "needs a line with the names"),
        ([" ", " ", " "], {"time": None}, "needs a line with the names"),
        ([HEADING, '1,"2,3'], {}, "it is no CSV"),
        (["day;a;b", "1;2;3"], {}, "line 1: its columns stand apart by ';': write commas"),
        (["day\ta", "1\t2"], {"columns": "a"}, r"columns stand apart by '\\t': write commas"),
        (
            [HEADING, *(f"{k},5,{k}" for k in range(20))],
            {},
            "a of .* never changes .*: leave it out of --set forecasting.columns",
        ),
        ([HEADING, *ROWS[:4]], {}, "series.csv has 4 values: 10 are needed"),
        ([HEADING, *ROWS], {"length": 40}, "length = 40 and horizon = 2 are longer than the 24"),
        ([HEADING, *ROWS], {"horizon": 10**6}, "horizon = 1000000 are longer than the 24 values"),
        ([HEADING, *ROWS], {"season": 10**6}, "season = 1000000 and horizon = 2 are longer than"),
        ([HEADING, *ROWS], {"columns": "a,b,a"}, "the column 'a' is there twice"),
        (["day,a,a", *ROWS], {}, "has more than one column 'a': rename the others"),
        (["day,a,a", *ROWS], {"columns": "a"}, "has more than one column 'a': rename the others"),
        ([HEADING, *ROWS], {"series": "co2"}, "does nothing beside path"),
    ],
)
def test_bad_files(tmp_path: Path, lines: list[str], options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        written(tmp_path, lines, **options).check(1)
    assert "\n" not in str(caught.value)


def test_options_that_mean_nothing() -> None:
    with pytest.raises(UsageError, match="columns means nothing"):
        Forecasting(columns="a").check(1)
    with pytest.raises(UsageError, match="there is no file"):
        Forecasting(path="nowhere.csv").check(1)
