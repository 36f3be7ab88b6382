import numpy as np
import pytest

from rnnbench.conformance import CALLS, CELLS, MODELS, BackendConformance, small_model
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.array_functions import FUNCTIONS
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.layers.dense import Dense
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input

STEP = 1e-6
ORACLE = NumpyBackend("cpu", "float64")


class TestReference(BackendConformance):
    info = NumpyBackend.info


def central_differences(value, array):
    """Return the slopes of ``value()`` in the entries of ``array``, which it reads."""
    slopes = np.empty_like(array)
    for index in np.ndindex(array.shape):
        here = array[index]
        array[index] = here + STEP
        above = value()
        array[index] = here - STEP
        below = value()
        array[index] = here
        slopes[index] = (above - below) / (2 * STEP)
    return slopes


def test_every_function_has_a_call():
    assert set(CALLS) == set(FUNCTIONS)


@pytest.mark.parametrize("function", sorted(CALLS.keys() - {"stop_gradient"}))
def test_gradients_of_functions_by_finite_differences(function):
    call, arrays = CALLS[function]
    # The last array is the weights, which the call holds constant.
    *arrays, weights = [array.copy() for array in arrays]
    _, gradients = ORACLE.value_and_grad(lambda *a: call(ORACLE.xp, *a), [*arrays, weights])
    real = [array for array in arrays if array.dtype == np.float64]
    for array, gradient in zip(real, gradients[:-1], strict=True):
        slopes = central_differences(lambda: call(ORACLE.xp, *arrays, weights), array)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-7)


def test_stop_gradient_keeps_the_value_and_stops_the_gradient():
    def product(a):
        return ORACLE.xp.sum(a * ORACLE.xp.stop_gradient(a))

    value, (gradient,) = ORACLE.value_and_grad(product, [np.array([2.0, 3.0])])
    assert value == 13.0
    assert gradient.tolist() == [2.0, 3.0]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_models_by_finite_differences(cell, kind):
    model = small_model(kind, CELLS[cell], hidden=2)
    state, batch = small_input(model, 1)
    program = ORACLE.program(model, model.initial(0), "autograd", Optimizer())
    _, gradients = program.gradient(state, batch)

    def cost():
        return model.cost(program.ops, program.native, state, batch)[0]

    for group, arrays in program.native.items():
        for name, array in arrays.items():
            slopes = central_differences(cost, array)
            np.testing.assert_allclose(gradients[group][name], slopes, rtol=1e-6, atol=1e-8)


class Idle(Stack):
    """A stack with a layer beside it that nothing goes through."""

    name = "idle"

    def parts(self, spec):
        return {**super().parts(spec), "idle": Dense(2, 3)}


def test_parameters_that_the_loss_does_not_reach_have_gradients_of_zeros():
    model = Model(Idle(), Spec(Problem(2, 2, targets="every"), LSTM(), 3))
    state, batch = small_input(model, 1)
    _, gradients = ORACLE.program(model, model.initial(0), "autograd", Optimizer()).gradient(
        state, batch
    )
    assert {path for path, group in gradients.items() if not any(map(np.any, group.values()))} == {
        "idle"
    }
    assert {name: array.shape for name, array in gradients["idle"].items()} == Dense(2, 3).shapes


def test_program_copies_the_parameters_it_is_given():
    model = small_model("last", CELLS["lstm"], hidden=2)
    params = model.initial(0)
    state, batch = small_input(model, 0)
    ORACLE.program(model, params, "autograd", Optimizer()).train_step(state, batch)
    assert np.array_equal(params["readout"]["w"], model.initial(0)["readout"]["w"])


def test_other_dtypes_are_refused():
    with pytest.raises(Unsupported, match="no dtype 'float16'; it has float32, float64"):
        NumpyBackend("cpu", "float16")
