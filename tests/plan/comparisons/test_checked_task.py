"""Tasks of strangers: what they say is a plain value, or an error that names them and it."""

import dataclasses
import math

import msgspec
import numpy as np
import pytest
from fake_plugin import Echo
from fuzzing import tries
from hypothesis import given
from hypothesis import strategies as st

from rnnbench import Defaults, Problem
from rnnbench.errors import PluginError, UsageError
from rnnbench.plan.comparisons import description
from rnnbench.plan.comparisons.checked_task import CheckedTask, defaults_of, length_option_of
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.results import codec
from rnnbench.running import launch

WHO = r"^task 'echo' of rnnbench-fake 1: "


def task(**said):
    """Return a task that says something else."""
    made = dataclasses.dataclass(frozen=True)(type("Odd", (Echo,), said))
    return CheckedTask(made(), "rnnbench-fake 1")


def problem(**changes):
    fields = {"inputs": 1, "outputs": 1, "tokens": False, "targets": "one", "loss": "mse"}
    return Problem(**fields | changes)


def raising(error):
    @property
    def ask(self):
        raise error

    return ask


def ask(odd, name):
    """Return what a task says; the naive score is that for batches of some size."""
    return odd.naive_score(4) if name == "naive_score" else getattr(odd, name)


BAD = {
    "naive_loss": [math.nan, math.inf, None, "0.5", True, np.float64("nan"), 1j, [1.0]],
    "naive_score": [math.nan, None, np.array(1.0), False],
    "target": [math.nan, math.inf, "0.5", True],
    "score_name": [7, None, b"loss", "\ud800", ["loss"]],
    "sizes": [None, 3],
    "data_hash": [5, b"ab", True],
    "split": [5, b"ab", ["halves"]],
    "remarks": [5, "one line", None, [1], {"a": "b"}],
    "version": [1.5, "1", -1, True, None],
    "higher_is_better": ["yes", 1, None],
    "carries_state": ["no", 0],
    "problem": [
        *(None, "mse", problem(inputs=0), problem(outputs=1.0), problem(tokens=1)),
        *(problem(targets="first"), problem(loss=None), problem(inputs=True)),
    ],
}


@pytest.mark.parametrize(("name", "value"), [(name, v) for name in BAD for v in BAD[name]])
def test_what_is_no_value_of_its_kind_is_refused(name, value):
    with pytest.raises(PluginError, match=WHO + f"{name} is .*, not ") as caught:
        ask(task(**{name: value}), name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("error", [RuntimeError("two\nlines"), SystemExit(1), RecursionError()])
def test_a_property_that_raises_is_named(name, error):
    with pytest.raises(PluginError, match=WHO + f"{name} raises {type(error).__name__}"):
        ask(task(**{name: raising(error)}), name)


def test_what_a_property_says_to_the_user_is_said():
    with pytest.raises(UsageError, match=r"^no text$"):
        _ = task(sizes=raising(UsageError("no text"))).sizes


def test_honest_values_are_welcome():
    odd = task(
        naive_loss=np.float64(0.5),
        naive_score=np.int64(2),
        score_name=np.str_("error"),
        higher_is_better=np.bool_(True),
        problem=problem(inputs=np.int32(3), tokens=np.bool_(True)),
        version=np.int64(4),
    )
    found = (odd.naive_loss, odd.naive_score(4), odd.score_name, odd.higher_is_better, odd.version)
    assert found == (0.5, 2.0, "error", True, 4)
    assert [type(value) for value in found] == [float, float, str, bool, int]
    assert odd.problem == problem(inputs=3, tokens=True)
    assert type(odd.problem.inputs) is int


def test_a_value_is_asked_for_once():
    asked = []

    @property
    def sizes(self):
        asked.append(1)
        return "T 3"

    odd = task(sizes=sizes)
    assert [odd.sizes, odd.sizes] == ["T 3", "T 3"]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "found",
    [
        None,
        3.0,
        (1.0,),
        ("1", 2),
        (1.0, None),
        (1.0, math.inf),
        (True, 1),
        (1.0, math.nan),
        (1.0, -1),
        (np.zeros((2, 1)), 1),
        (np.zeros(0), 1),
        (np.array(["1"]), 1),
        ([1.0, 2.0], 1),
    ],
)
def test_what_is_measured_is_a_sum_and_a_count(found):
    with pytest.raises(PluginError, match=r"measure\(\)"):
        task(measure=lambda *_: found).measure(None, None)


def test_several_sums_are_as_many_in_each_batch():
    found = iter([np.arange(2), np.arange(2), np.arange(3)])
    several = task(
        measure=lambda *_: (next(found), 1),
        finish=lambda self, total, count: float(total[1]) / count,
    )
    total, count = several.measure(None, None)
    assert (total.tolist(), total.dtype, count) == ([0.0, 1.0], np.float64, 1.0)
    assert several.score(total + several.measure(None, None)[0], 2) == 1.0
    with pytest.raises(PluginError, match=r"measure\(\) returns 3 sums, 2 before"):
        several.measure(None, None)


def test_several_sums_without_a_score_of_them():
    several = task(measure=lambda *_: (np.arange(2), 1))
    with pytest.raises(PluginError, match=r"finish\(\)"):
        several.score(*several.measure(None, None))


def test_a_model_that_diverged_may_be_measured():
    total, count = task(measure=lambda *_: (np.float32("nan"), np.int64(3))).measure(None, None)
    assert math.isnan(total)
    assert (type(total), count) == (float, 3)
    assert task(score=lambda self, mean: np.float64(mean)).score(4.0, 2) == 2.0
    with pytest.raises(PluginError, match=r"finish\(\) is '2', not a number"):
        task(score=lambda self, mean: "2").score(4.0, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden": 0},
        {"hidden": "64"},
        {"lr": math.nan},
        {"lr": None},
        {"clip": "none"},
        {"optimizer": "lion"},
        {"steps": -1},
        {"batch": 3.5},
        {"embedding": True},
    ],
)
def test_defaults_are_checked_field_by_field(changes):
    (name,) = changes
    made = type("Odd", (Echo,), {"defaults": Defaults(**changes)})
    with pytest.raises(PluginError, match=WHO + rf"defaults is .*, not one whose {name} is "):
        defaults_of(made, "rnnbench-fake 1")


def test_defaults_of_honest_values_are_welcome():
    made = type(
        "Odd", (Echo,), {"defaults": Defaults(hidden=np.int64(5), lr=1, clip=np.float32(2))}
    )
    found = defaults_of(made, "rnnbench-fake 1")
    assert (found["hidden"], found["lr"], found["clip"]) == (5, 1.0, 2.0)
    assert [type(found[name]) for name in ("hidden", "lr", "clip")] == [int, float, float]


def test_the_option_of_the_length_is_a_text():
    assert length_option_of(Echo, "") == "length"
    with pytest.raises(PluginError, match="length_option is 3, not a text"):
        length_option_of(type("Odd", (Echo,), {"length_option": 3}), "")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
SAID = SCALARS | st.floats().map(np.float64) | st.text(max_size=9).map(np.str_)


@tries(50)
@given(
    name=st.sampled_from(["naive_loss", "naive_score", "score_name", "sizes", "data_hash"])
    | st.sampled_from(["version", "higher_is_better"]),
    value=SAID,
)
def test_a_plan_can_be_written_and_read_or_is_refused_in_a_line(registry, monkeypatch, name, value):
    with monkeypatch.context() as patched:
        patched.setattr(Echo, name, value)
        patched.setattr(description, "guarded", lambda *_: None)  # the cell is not what is tried
        try:
            plan = expand(Request(suite="tiny", backends="fake:good"), registry)
        except PluginError as found:
            message = str(found)
        else:
            message = ""
    if message:
        assert "task 'echo' of " in message
        assert f": {name} is " in message
        return
    record = launch.first_record(plan, "2026-01-02T03:04:05+00:00")
    assert codec.decode(codec.encode(record)[:-1]) == record
    assert msgspec.json.encode(record)
