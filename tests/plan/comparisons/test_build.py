from itertools import islice

import msgspec
import numpy as np
import pytest
from comparison_fields import FIELDS as SMALL
from fake_plugin import Means

from rnnbench.errors import UsageError
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.networks.stack import Stack
from rnnbench.plan.comparisons.build import Tasks, build, configured
from rnnbench.schema.comparison import Comparison

FIELDS = SMALL | {
    "task_options": {"length": 7, "path": "x"},
    "cell_options": {"forget_bias": 0.5},
}


def test_the_key_stays_the_same_for_ever():
    """Results of other versions are compared by it."""
    assert Comparison(**FIELDS).key == "2c99bc9a2b33"


def test_the_key_does_not_depend_on_the_order_of_options():
    turned = dict(reversed(FIELDS["task_options"].items()))
    assert Comparison(**FIELDS | {"task_options": turned}).key == Comparison(**FIELDS).key


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_changes_the_key(field):
    value = FIELDS[field]
    other = 1.0 if value is None else {} if isinstance(value, dict) else value * 2
    assert Comparison(**FIELDS | {field: other}).key != Comparison(**FIELDS).key


def test_a_default_network_has_no_part_in_the_key():
    key = Comparison(**FIELDS).key
    assert Comparison(**FIELDS, network="stack").key == key
    named = {Comparison(**FIELDS, network=name).key for name in ("seq2seq", "tcn")}
    options = Comparison(**FIELDS, network_options={"pool": "mean"}).key
    assert len(named | {options, key}) == 4


def test_weights_that_are_drawn_have_no_part_in_the_key():
    key = Comparison(**FIELDS).key
    assert Comparison(**FIELDS, weights="").key == key
    assert len({key, *(Comparison(**FIELDS, weights=name).key for name in ("ab", "cd"))}) == 3


def test_a_comparison_survives_json():
    comparison = Comparison(**FIELDS)
    text = msgspec.json.encode(comparison)
    assert msgspec.json.decode(text, type=Comparison) == comparison


def test_it_builds_what_it_says(registry):
    built = build(Comparison(**FIELDS), Tasks(registry))
    assert built.task.sizes == "T 7"
    assert built.model.spec.cell == LSTM(forget_bias=0.5)
    assert built.model.network == Stack()
    assert (built.model.spec.hidden, built.model.spec.layers) == (8, 2)
    assert (built.optimizer.name, built.optimizer.lr, built.optimizer.clip) == ("sgd", 0.1, None)


def test_networks_and_cells_are_made_once_for_their_options(registry):
    tasks = Tasks(registry)
    one, again = (tasks.cell("lstm", {"forget_bias": 0.5}) for _ in range(2))
    assert one is again
    assert one is not tasks.cell("lstm", {"forget_bias": 0.25})
    assert tasks.network("stack", {}) is tasks.network("stack", {})
    with pytest.raises(UsageError, match="forget_bias") as error:
        tasks.cell("lstm", {"forget_bias": "0.5"})
    assert error.value.about == (("options", "lstm"),)


def test_a_network_without_cells_is_built_without_one(registry):
    fields = FIELDS | {"cell": "", "cell_options": {}}
    built = build(
        Comparison(**fields, network="means", network_options={"scale": 2.0}), Tasks(registry)
    )
    assert (built.model.spec.cell, built.model.network) == (None, Means(scale=2.0))
    with pytest.raises(UsageError, match="the network 'stack' needs a cell"):
        build(Comparison(**fields), Tasks(registry))


def test_dropout_masks_come_with_training_batches_by_seed(registry):
    fields = FIELDS | {"network_options": {"dropout": 0.5}}
    built, plain = (build(Comparison(**given), Tasks(registry)) for given in (fields, FIELDS))
    one, again, other = (list(islice(built.training(4, seed), 2)) for seed in (3, 3, 4))
    masks = [batch.noise["dropout.0"] for batch in (*one, *again, *other)]
    assert {(mask.dtype, mask.shape) for mask in masks} == {(np.dtype(bool), (7, 4, 8))}
    assert np.array_equal(masks[0], masks[2])
    assert np.array_equal(masks[1], masks[3])
    assert not np.array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[0], masks[4])
    assert next(plain.training(4, 3)).noise is None
    assert all(batch.noise is None for batch in built.task.testing(4))


def test_an_embedding_is_for_tokens_alone(registry):
    assert build(Comparison(**FIELDS), Tasks(registry)).model.spec.embedding == 0


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("lstn", {}, r"unknown cell 'lstn'\. Did you mean 'lstm'\?"),
        ("lstm", {"forget_bais": 1}, r"option of lstm 'forget_bais'\. Did you mean 'forget_bias'"),
        ("lstm", {"forget_bias": "high"}, r"lstm\.forget_bias is 'high'; it is a number"),
        ("elman", {"activation": "sin"}, r"elman\.activation is 'sin'; it is '\w+'"),
    ],
)
def test_what_cannot_be_built_is_told(registry, name, options, message):
    with pytest.raises(UsageError, match=message):
        configured("cell", name, registry, options)


def test_a_value_out_of_range_names_its_option(registry):
    with pytest.raises(UsageError, match=r"^echo\.length is 0; it is a whole number"):
        configured("task", "echo", registry, {"length": 0})
