from contextlib import contextmanager

import numpy as np
import pytest

from rnnbench import LSTM, Batch, Model, NumpyBackend, Optimizer, Problem, Spec, Stack, UsageError
from rnnbench.contracts.inference.streaming import Stream, sequence, streamed
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.networks.tcn import TCN
from rnnbench.models.networks.transformer import Transformer

NUMBERS = Problem(2, 3, targets="one", lengths=True)
TOKENS = Problem(5, 5, tokens=True, loss="cross-entropy")


def built(network=None, problem=NUMBERS, cell=None):
    return Model(network or Stack(), Spec(problem, cell or LSTM(), hidden=4, carried=False))


@pytest.mark.parametrize(
    "model",
    [
        built(),
        built(Stack(convolution=3), TOKENS),
        built(Transformer(heads=2), TOKENS),
        built(TCN(), TOKENS),
    ],
    ids=lambda model: model.network.name,
)
def test_one_step_at_a_time_is_the_whole(model):
    model, backend = streamed(model), NumpyBackend("cpu", "float64")
    program = backend.program(model, model.initial(0), "autograd", Optimizer())
    inputs = sequence(model.spec.problem, 7, 2, 3)
    zeros = model.zero_state(2)
    found = Stream(backend, program, zeros).run([inputs[k : k + 1] for k in range(7)])
    whole, _ = program.forward(backend.put(zeros), backend.put(Batch(inputs, None)))
    assert found.outputs == pytest.approx(whole, abs=1e-12)
    assert found.latencies.shape == (7,)
    assert (found.latencies > 0).all()


def test_a_framework_is_told_that_it_only_infers():
    inside, seen = [], []

    class Noting(NumpyBackend):
        @contextmanager
        def inference(self):
            inside.append(True)
            yield
            inside.pop()

        def put(self, tree):
            seen.append(("put", bool(inside)))
            return super().put(tree)

        def numpy(self, array):
            seen.append(("numpy", bool(inside)))
            return super().numpy(array)

    model, backend = streamed(built()), Noting("cpu", "float64")
    program = backend.program(model, model.initial(0), "autograd", Optimizer())
    seen.clear()
    Stream(backend, program, model.zero_state(1)).step(np.zeros((1, 1, 2)))
    assert seen == [("put", True), ("put", True), ("numpy", True)]
    assert not inside


def test_inputs_are_those_of_the_problem_and_of_the_draw():
    assert sequence(NUMBERS, 4, 3, 1).shape == (4, 3, 2)
    tokens = sequence(TOKENS, 100, 3, 1)
    assert tokens.shape == (100, 3)
    assert set(np.unique(tokens)) == set(range(5))
    assert not np.array_equal(tokens, sequence(TOKENS, 100, 3, 2))


def test_trained_weights_stay():
    weights = built().initial(5)
    model = streamed(Model(Stack(), built().spec, weights))
    assert np.array_equal(model.initial(0)["readout"]["w"], weights["readout"]["w"])


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (built(Stack(bidirectional="sum")), "'stack' with bidirectional = 'sum' reads"),
        (built(Stack(pool="mean")), r"from all steps at once \(pool\)"),
        (
            built(Seq2Seq(), Problem(5, 5, True, "cross-entropy", "sequence", begin=0)),
            "'seq2seq' writes a sequence when it has read another",
        ),
    ],
)
def test_what_needs_the_whole_sequence_is_refused(model, why):
    with pytest.raises(UsageError, match=why):
        streamed(model)
