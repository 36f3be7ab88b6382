import numpy as np
import pytest

from rnnbench.contracts.program import Program
from rnnbench.errors import PluginError
from rnnbench.oracle.checked_program import CheckedProgram

WHO = "backend 'odd' of rnnbench-odd 1"
PARAMS = {"readout": {"w": np.ones(2)}}


def program(**said):
    """Return a program that answers with something else."""
    answers = {
        "forward": (np.ones(3), {}),
        "gradient": (1.0, PARAMS),
        "train_step": (np.ones(()), {}),
        "params": PARAMS,
        "reset": None,
        "wait": None,
    }
    methods = {name: _answering(value) for name, value in (answers | said).items()}
    return CheckedProgram(type("Odd", (Program,), methods)(), WHO)


def _answering(value):
    return lambda *_: value


def call(method, found):
    return getattr(found, method)(*([] if method == "params" else [{}, None]))


def test_what_is_right_is_passed_on():
    assert call("gradient", program()) == (1.0, PARAMS)
    assert call("params", program()) == PARAMS
    assert call("forward", program())[1] == call("train_step", program())[1] == {}


@pytest.mark.parametrize("value", [None, 7, np.ones(3), (np.ones(3),), (np.ones(3), None)])
@pytest.mark.parametrize("method", ["forward", "train_step"])
def test_outputs_without_a_state_name_the_method(method, value):
    with pytest.raises(PluginError, match=rf"^{WHO}: {method}\(\) is .*, not a pair of an array"):
        call(method, program(**{method: value}))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, r"gradient\(\) is None, not a pair"),
        (("1", PARAMS), r"the loss of gradient\(\) is '1', not a number"),
        ((1.0, None), r"the second of gradient\(\) is None, not a dict of dicts of arrays"),
        ((1.0, {"readout": 7}), r"the second of gradient\(\) is .*, not a dict of dicts"),
    ],
)
def test_gradients_of_another_kind_name_the_method(value, said):
    with pytest.raises(PluginError, match=f"^{WHO}: {said}"):
        call("gradient", program(gradient=value))


def test_parameters_of_another_kind_name_the_method():
    with pytest.raises(PluginError, match=rf"^{WHO}: params\(\) is \[\], not a dict of dicts"):
        call("params", program(params=[]))


@pytest.mark.parametrize("value", [None, 7, object()])
def test_what_is_no_program_names_its_backend(value):
    with pytest.raises(PluginError, match=rf"^{WHO}: program\(\) is .*, not an rnnbench.Program"):
        CheckedProgram(value, WHO)
