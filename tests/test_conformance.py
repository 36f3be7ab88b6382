"""The kit catches wrong backends: each fault fails just the tests that are meant for it."""

import inspect

import numpy as np
import pytest

from rnnbench.backend import BackendInfo
from rnnbench.conformance import BackendConformance
from rnnbench.model import tree_map
from rnnbench.optimizer import Optimizer
from rnnbench.reference import NumpyBackend, NumpyProgram

#: What the tests of the kit are called with.
ARGUMENTS = {
    "variant": "autograd",
    "cell": "lstm",
    "kind": "one-hot",
    "optimizer": "adam",
    "function": "tanh",
    "dtype": "float32",
}


def failing(backend, info=NumpyBackend.info):
    """Return the tests of the kit that ``backend`` fails."""

    class Info(BackendInfo):
        def load(self):
            return backend

    class Kit(BackendConformance):
        pass

    Kit.info = Info(**vars(info))
    failed = set()
    for name, test in inspect.getmembers(BackendConformance, inspect.isfunction):
        if name.startswith("test_"):
            asked = inspect.signature(test).parameters.keys() & ARGUMENTS.keys()
            try:
                test(Kit(), **{key: ARGUMENTS[key] for key in asked})
            except (Exception, pytest.fail.Exception):
                failed.add(name)
    return failed


def with_program(program):
    """Return the reference with another program."""

    def build(self, model, params, variant, optimizer):
        return program(model, self.ops(model, variant), params, optimizer, self)

    return type(program.__name__, (NumpyBackend,), {"program": build})


class WrongGradient(NumpyProgram):
    def gradient(self, state, batch):
        loss, gradients = super().gradient(state, batch)
        gradients["layers.0"]["b"] = gradients["layers.0"]["b"] * (1 + 1e-6) + 1e-8
        return loss, gradients


class ForgetsGradient(NumpyProgram):
    def gradient(self, state, batch):
        loss, gradients = super().gradient(state, batch)
        del gradients["readout"]["b"]
        return loss, gradients


class OtherEpsilon(NumpyProgram):
    class Rule(Optimizer):
        EPSILON = 1e-6

    def __init__(self, model, ops, params, rule, backend):
        super().__init__(model, ops, params, self.Rule(**vars(rule)), backend)


class DropsState(NumpyProgram):
    def forward(self, state, inputs):
        outputs, _ = super().forward(state, inputs)
        return outputs, state


class Random(NumpyProgram):
    def train_step(self, state, batch):
        loss, state = super().train_step(state, batch)
        noise = np.random.default_rng().standard_normal()
        return (loss + np.float32(1e-6 * noise) if loss.dtype == np.float32 else loss), state


class NoReset(NumpyProgram):
    def reset(self, params):
        if not hasattr(self, "native"):
            super().reset(params)


class KeepsOptimizerState(NumpyProgram):
    def reset(self, params):
        before = getattr(self, "optimizer", None)
        super().reset(params)
        if before is not None:
            before.arrays = self.optimizer.arrays
            self.optimizer = before


class CompilesAgain(NumpyProgram):
    resets = 0

    def reset(self, params):
        super().reset(params)
        self.resets += 1

    def traces(self):
        return self.resets


class LosesDigits(NumpyProgram):
    def params(self):
        return tree_map(lambda array: array + 1e-15, super().params())


class OneLength(NumpyProgram):
    def train_step(self, state, batch):
        if batch.inputs.shape[0] != getattr(self, "length", batch.inputs.shape[0]):
            raise ValueError("traced for another length")
        self.length = batch.inputs.shape[0]
        return super().train_step(state, batch)


class WrongDtype(NumpyBackend):
    def value_and_grad(self, function, arrays):
        value, gradients = super().value_and_grad(function, arrays)
        return value, [gradient.astype(np.float64) for gradient in gradients]


class AnyDevice(NumpyBackend):
    def __init__(self, device="cpu", dtype="float32"):
        super().__init__("cpu", dtype)


class AnyVariant(NumpyBackend):
    def ops(self, model, variant):
        return super().ops(model, "autograd")


class OddDevices(NumpyBackend):
    @classmethod
    def devices(cls):
        return ("cpu", "CUDA")


class NoVersions(NumpyBackend):
    @classmethod
    def versions(cls):
        return {}


#: What notices outputs and gradients that differ from the oracle.
SAME = {"test_same_function", "test_single_precision"}
FAULTS = {
    with_program(WrongGradient): {"test_same_function"},
    with_program(ForgetsGradient): SAME,
    with_program(OtherEpsilon): {"test_same_training", "test_single_precision"},
    with_program(DropsState): {*SAME, "test_state_is_carried"},
    with_program(Random): {"test_deterministic"},
    with_program(NoReset): {"test_reset"},
    with_program(KeepsOptimizerState): {"test_reset"},
    with_program(CompilesAgain): {"test_reset"},
    with_program(LosesDigits): {"test_parameters_come_back"},
    with_program(OneLength): {"test_other_sequence_lengths"},
    WrongDtype: {"test_function"},
    AnyDevice: {"test_unknown_device"},
    AnyVariant: {"test_unknown_variant"},
    OddDevices: {"test_devices"},
    NoVersions: {"test_versions"},
}


def test_a_right_backend_fails_nothing():
    assert failing(NumpyBackend) == set()


@pytest.mark.parametrize("backend", FAULTS, ids=lambda b: b.__name__)
def test_each_fault_fails_its_tests(backend):
    assert failing(backend) == FAULTS[backend]


@pytest.mark.parametrize(
    "wrong", [{"default": "none of them"}, {"name": "Bad Name"}, {"variants": {"A B": ""}}]
)
def test_names_are_checked(wrong):
    info = BackendInfo(**vars(NumpyBackend.info) | wrong)
    assert "test_info" in failing(NumpyBackend, info)
