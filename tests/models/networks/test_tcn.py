import numpy as np
import pytest

from rnnbench import Batch, Dense, Model, NumpyBackend, Optimizer, Problem, Spec
from rnnbench.models.networks.tcn import TCN


@pytest.mark.parametrize(
    ("network", "layers", "back"),
    [(TCN(), 1, 124), (TCN(levels=2), 2, 24), (TCN(width=2, levels=3, growth=3), 1, 26)],
)
def test_it_sees_as_far_back_as_it_says(network, layers, back):
    model = Model(network, Spec(Problem(1, 1), None, 4, layers))
    program = NumpyBackend("cpu", "float64").program(
        model, model.initial(0), "autograd", Optimizer()
    )
    inputs = np.random.default_rng(0).standard_normal((back + 2, 1, 1))

    def last(step):
        other = inputs.copy()
        other[step] += 10
        return program.forward(model.zero_state(1), Batch(other, None))[0][-1]

    before, *_ = program.forward(model.zero_state(1), Batch(inputs, None))
    assert last(0) == before[-1]
    assert last(1) != before[-1]


def test_blocks_are_matched_where_widths_differ():
    parts = Model(TCN(levels=2), Spec(Problem(3, 1), None, 4, 2)).parts
    assert [path for path in parts if path.endswith("match")] == ["layers.0.blocks.0.match"]
    assert parts["layers.0.blocks.0.match"] == Dense(3, 4, bias=False)
