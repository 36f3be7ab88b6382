"""Weights that a model begins with."""

import numpy as np
import pytest
from msgspec.structs import replace
from parroting import COMPARISON, LETTERS, MODEL, PROBLEM, parrot_file

from rnnbench import GRU, LSTM, Model, Spec, Stack, Vocabulary
from rnnbench.errors import UsageError
from rnnbench.oracle.audit import block
from rnnbench.weights.file import flat, load
from rnnbench.weights.fitting import begun


@pytest.fixture
def weights(tmp_path):
    return load(parrot_file(tmp_path))


@pytest.fixture
def named(weights):
    return replace(COMPARISON, weights=weights.sha256)


def test_a_model_begins_with_them_whatever_the_seed(weights, named):
    model = begun(MODEL, named, weights, LETTERS)
    for seed in (0, 7):
        found = flat(model.initial(seed))
        assert all(array.dtype == np.float64 for array in found.values())
        for name, array in flat(weights.params).items():
            assert np.array_equal(found[name], array)
    model.initial(0)["readout"]["b"] += 1
    assert np.array_equal(model.initial(0)["readout"]["b"], weights.params["readout"]["b"])


def test_a_block_that_is_audited_begins_close_to_them_and_never_twice_alike(weights, named):
    model = begun(MODEL, named, weights, LETTERS)
    one, other = (flat(block.drawn_start(model, 2, draw, "float64").params) for draw in (1, 2))
    for name, array in flat(weights.params).items():
        scale = np.abs(array).max(initial=1e-9)
        assert np.abs(one[name] - array).max() < 0.1 * scale
        assert not array.any() or not np.array_equal(one[name], other[name])


def test_others_by_now_are_refused(weights):
    with pytest.raises(UsageError, match=r"are gone: .* holds others"):
        begun(MODEL, replace(COMPARISON, weights="00"), weights, LETTERS)
    with pytest.raises(UsageError, match="are gone: no file is named"):
        begun(MODEL, replace(COMPARISON, weights="00"), None, LETTERS)


def test_those_of_another_model_are_refused(weights, named):
    wider = Model(Stack(), Spec(PROBLEM, LSTM(), hidden=9))
    with pytest.raises(UsageError, match=r"layers\.0\.b has the shape \(4, 8\) in the file"):
        begun(wider, named, weights, LETTERS)
    deeper = Model(Stack(), Spec(PROBLEM, LSTM(), hidden=8, layers=2))
    with pytest.raises(UsageError, match=r"layers\.1\.b has no values in the file"):
        begun(deeper, named, weights, LETTERS)
    gru = Model(Stack(), Spec(PROBLEM, GRU(), hidden=8))
    with pytest.raises(UsageError, match="of the cell 'lstm', not 'gru'"):
        begun(gru, replace(named, cell="gru"), weights, LETTERS)


def test_those_of_other_symbols_are_refused(weights, named):
    with pytest.raises(UsageError, match="other symbols than those of parrot here"):
        begun(MODEL, named, weights, Vocabulary(("a", "c", "b")))
