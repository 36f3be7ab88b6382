"""How rows are trained is an option, with a part in the key where it makes a difference."""

import pytest
from comparison_fields import FIELDS
from fake_backend import FakeBackend
from fake_plugin import FAKE

from rnnbench import LSTM, Optimizer, Unsupported
from rnnbench.conformance import small_model
from rnnbench.errors import UsageError
from rnnbench.models.training.schedule import Schedule
from rnnbench.oracle import parity
from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.plan.comparisons.training import optimizer_of
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.schema.comparison import TRAINING, Comparison
from rnnbench.schema.suite import Settings

OTHER = {
    "momentum": 0.5,
    "nesterov": True,
    "weight_decay": 0.3,
    "clip_value": 2.0,
    "schedule": "cosine",
    "warmup": 3,
    "drop": 0.5,
    "drop_every": 2,
    "window": 4,
    "stride": 2,
    "patience": 7,
}


@pytest.fixture
def plan(registry):
    def call(**settings):
        return expand(Request("tiny", "fake", settings=Settings(**settings)), registry)

    return call


def test_what_was_always_so_has_no_part_in_the_key():
    assert Comparison(**FIELDS, **TRAINING).key == Comparison(**FIELDS).key


@pytest.mark.parametrize("name", OTHER)
def test_every_option_changes_the_key(name):
    assert Comparison(**FIELDS, **{name: OTHER[name]}).key != Comparison(**FIELDS).key


def test_every_option_is_tried():
    assert OTHER.keys() == TRAINING.keys()


@pytest.mark.parametrize(
    "settings",
    [
        {"clip_value": 0.0},
        {"schedule": "constant"},
        {"warmup": 0},
        {"nesterov": False},
        {"optimizer": "sgd", "momentum": 0.9},
        {"optimizer": "adamw", "weight_decay": 0.01},
        {"schedule": "step", "drop": 0.1},
    ],
)
def test_a_default_that_is_written_out_is_no_other_comparison(plan, settings):
    made, plain = plan(**settings), {k: v for k, v in settings.items() if v in ("sgd", "adamw")}
    if "drop" in settings:
        plain = {"schedule": "step"}
    assert made.notes == []
    assert made.comparisons[0].comparison.key == plan(**plain).comparisons[0].comparison.key


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"momentum": 0.5}, "momentum = 0.5 does nothing with adam"),
        ({"nesterov": True}, "nesterov = true does nothing with adam"),
        ({"optimizer": "sgd", "momentum": 0.0, "nesterov": True}, "nothing without momentum"),
        ({"weight_decay": 0.5}, "weight_decay = 0.5 does nothing with adam"),
        ({"drop": 0.5}, "drop = 0.5 does nothing with schedule = constant"),
        ({"drop_every": 5, "schedule": "cosine"}, "drop_every = 5 does nothing with schedule"),
        ({"patience": 5}, "patience = 5 does nothing where a task has no validation data"),
        ({"stride": 2}, "stride = 2 does nothing without window"),
        ({"schedule": "cosine", "steps": 0}, "'cosine' does nothing where nothing is trained"),
    ],
)
def test_what_does_nothing_is_told_and_left_out(plan, settings, told):
    (note,) = plan(**settings).notes
    assert told in note
    assert note.endswith("so it is left out")


def test_drops_that_a_training_does_not_come_to_are_refused(plan):
    with pytest.raises(UsageError, match="drop_every = 10 comes to no drop in a training of 10"):
        plan(schedule="step", drop_every=10)


def test_a_warm_up_beyond_the_training_is_refused(plan):
    with pytest.raises(UsageError, match="warmup = 11 is longer than the training of 10 steps"):
        plan(warmup=11)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"optimizer": "sgd", "nesterov": True, "clip_value": 0.5},
            ", nesterov, clip value 0.5",
        ),
        ({"lr": 0.03, "clip": 0.1, "warmup": 2}, ", lr 0.03, clip 0.1, warmup 2"),
        ({"clip": 0.0}, ", no clipping"),
    ],
)
def test_the_table_tells_what_is_not_usual(plan, settings, told):
    (planned,) = plan(**settings).comparisons
    assert planned.sizes.endswith(told)


def test_the_table_does_not_tell_what_is_usual(plan):
    (planned,) = plan(clip=1.0).comparisons
    assert planned.sizes == plan().comparisons[0].sizes


def test_the_optimizer_is_made_of_the_options():
    comparison = Comparison(**FIELDS, **OTHER | {"schedule": "step"})
    assert optimizer_of(comparison) == Optimizer(
        "sgd", 0.1, None, 0.5, True, 0.3, 2.0, Schedule("step", 5, 3, 0.5, 2)
    )


def test_steps_down_come_after_each_third():
    assert optimizer_of(Comparison(**FIELDS, schedule="step")).schedule.drop_every == 2


def test_batches_bring_the_rate_of_their_step(plan, registry):
    (planned,) = plan(schedule="cosine", lr=0.5).comparisons
    batches = build(planned.comparison, Tasks(registry)).training(2, 0)
    rule = Optimizer(lr=0.5, schedule=Schedule("cosine", steps=10))
    assert [float(next(batches).rate) for _ in range(12)] == [
        float(rule.rate(step)) for step in range(1, 13)
    ]


def test_a_backend_that_was_written_before_says_that_it_can_not(monkeypatch):
    monkeypatch.setattr(FakeBackend, "TRAINS", frozenset())
    backend, model = FakeBackend("cpu", "float32"), small_model("last", LSTM())
    parity.check(backend, model, FAKE.default, Optimizer("sgd", momentum=0.0), 0)
    rule = Optimizer("adamw", schedule=Schedule(warmup=2))
    words = "fake can't train with the optimizer adamw and a schedule of the learning rate"
    with pytest.raises(Unsupported, match=words):
        parity.check(backend, model, FAKE.default, rule, 0)
