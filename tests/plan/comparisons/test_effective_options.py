"""An option that makes no difference has no part in a comparison."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest
from fake_plugin import Echo, Means

from rnnbench import Problem
from rnnbench.errors import UsageError
from rnnbench.plan.comparisons.effective_options import defaults_of
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings


@pytest.fixture
def plan(registry):
    def call(options=(), **wanted):
        return expand(Request("tiny", "fake", options=dict(options), **wanted), registry)

    return call


def keys(plan):
    return [planned.comparison.key for planned in plan.comparisons]


@pytest.mark.parametrize(
    "options",
    [
        {"stack": {"dropout": 0.0}},
        {"stack": {"dropout": 0, "pool": "last", "residual": False}},
        {"elman": {"activation": "tanh"}},
        {"echo": {"length": 3, "path": ""}},
    ],
)
def test_a_default_that_is_written_out_is_no_other_comparison(plan, options):
    assert keys(plan(options)) == keys(plan())
    assert plan(options).notes == []


def test_so_it_is_in_a_suite(registry, tmp_path):
    path = tmp_path / "suite.toml"
    block = '[[block]]\ntasks = ["echo"]\ncells = ["elman"]\n'
    path.write_text(f"{block}{block}[block.options.stack]\ndropout = 0\n")
    assert len(expand(Request(str(path), "fake"), registry).comparisons) == 1


@pytest.mark.parametrize(
    ("options", "settings", "told"),
    [
        ({"stack": {"dropout": 0.5}}, {}, "stack.dropout = 0.5 does nothing with one layer"),
        ({"stack": {"residual": True}}, {}, "stack.residual = true does nothing with one layer"),
        ({}, {"embedding": 4}, "embedding = 4 does nothing where inputs are numbers"),
    ],
)
def test_what_does_nothing_is_told_and_left_out(plan, options, settings, told):
    made = plan(options, settings=Settings(**settings))
    assert keys(made) == keys(plan())
    assert made.notes == [f"echo: {told}, so it is left out"]


def test_a_pooling_does_nothing_with_outputs_at_every_step(plan, monkeypatch):
    pooled = {"stack": {"pool": "mean"}}
    assert keys(plan(pooled)) != keys(plan())
    monkeypatch.setattr(Echo, "problem", Problem(inputs=1, outputs=1))
    assert keys(plan(pooled)) == keys(plan())
    told = "stack.pool = 'mean' does nothing with outputs at every step"
    assert plan(pooled).notes == [f"echo: {told}, so it is left out"]


def test_what_makes_a_difference_is_kept(plan):
    settings = Settings(layers=2)
    options = {"stack": {"dropout": 0.5, "residual": True}, "echo": {"length": 4}}
    (planned,) = plan(options, settings=settings).comparisons
    assert planned.comparison.network_options == options["stack"]
    assert planned.comparison.task_options == options["echo"]


def test_a_number_is_the_same_however_it_is_written(plan):
    options = [{"means": {"scale": scale}} for scale in (2, 2.0)]
    first, second = (keys(plan(one, networks=("means",))) for one in options)
    assert first == second


def test_a_plan_says_what_the_defaults_are(plan):
    found = plan().defaults
    assert found.keys() == {"echo", "elman", "stack"}
    assert found["echo"] == {"length": 3, "path": ""}
    assert found["stack"]["dropout"] == 0.0


def test_a_network_that_raises_is_named(plan, monkeypatch):
    monkeypatch.setattr(Means, "unused", lambda self, spec: 1 / 0)
    with pytest.raises(UsageError, match=r"network 'means' of .*: unused\(\) raises ZeroDivision"):
        plan(networks=("means",))


@dataclass(frozen=True)
class Divided(Echo):
    """It trains on all its data, or stops by some of them."""

    validation_split: float = 0.0

    def validation(self, batch):
        return self.testing(batch) if self.validation_split else None


def test_data_are_set_aside_where_a_training_may_stop(plan, registry, monkeypatch):
    monkeypatch.setitem(registry.tasks, "echo", Divided)
    (planned,), notes = (made := plan(settings=Settings(patience=3))).comparisons, made.notes
    assert planned.comparison.task_options == {"validation_split": 0.1}
    assert notes == [
        "echo: patience = 3 needs validation data: validation_split = 0.1, unless set otherwise"
    ]
    own = plan({"echo": {"validation_split": 0.3}}, settings=Settings(patience=3))
    assert own.comparisons[0].comparison.task_options == {"validation_split": 0.3}
    assert own.notes == []
    none = plan({"echo": {"validation_split": 0.0}}, settings=Settings(patience=3))
    assert none.comparisons[0].comparison.task_options == {}
    assert "patience = 3 does nothing where a task has no validation data" in none.notes[0]
    for settings in (Settings(), Settings(patience=3, steps=0)):
        assert plan(settings=settings).comparisons[0].comparison.task_options == {}


@dataclass(frozen=True)
class Odd:
    name: ClassVar[str] = "odd"

    needed: int
    plain: float = 0.5
    endless: float = float("inf")
    broken: str = "\ud800"
    array: object = np.tanh
    numpys: float = np.float64(0.5)
    listed: list[int] = field(default_factory=lambda: [1, 2])


def test_defaults_are_those_that_a_file_can_hold():
    assert defaults_of("odd", Odd) == {"plain": 0.5, "listed": [1, 2]}
