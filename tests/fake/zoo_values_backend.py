"""The backends of ``zoo_values``: right in all they compute, and wrong in what they say of it."""

import numpy as np
from zoo_values import OPENING, VARIANTS, backend

from rnnbench.oracle.backend import NumpyBackend, NumpyProgram


class Program(NumpyProgram):
    training = False

    def reset(self, params):
        super().reset(params)
        self.forwards = 0

    def forward(self, state, batch):
        self.forwards += 1
        return super().forward(state, batch)

    def train_step(self, state, batch):
        # What is timed has forward passes before its steps.
        self.training = not self.forwards and hasattr(self, "begun")
        self.begun = True
        return super().train_step(state, batch)

    def traces(self):
        return {"no-traces": 1.5, "numpys": np.int64(1)}.get(self.variant, 1)


class Values(NumpyBackend):
    info = backend("values", "zoo_values_backend:Values", VARIANTS)
    current = None

    def program(self, model, params, variant, optimizer):
        made = Program(model, self.ops(model, variant), params, optimizer, self.put)
        made.variant = variant
        kernels = {"no-kernel": None, "half-text": "\ud800", "numpys": np.str_("NumPy")}
        made.kernel = kernels.get(variant, made.kernel)
        self.current = made
        return made

    def numpy(self, array):
        found = super().numpy(array)
        if self.current and self.current.training and found.ndim == 0:  # a loss in training
            said = {"text-loss": np.array("0.5"), "true-loss": np.array(True)}
            return said.get(self.current.variant, found)
        return found

    @classmethod
    def versions(cls):
        return {np.str_("fake"): np.str_("1")}

    @classmethod
    def configure(cls, threads):
        super().configure(threads)
        return np.int64(threads)


def saying(name):
    """Return a backend that says something else when it is opened."""
    ((what, value),) = OPENING[name].items()
    said = classmethod(lambda cls, *_: value)
    return type(name, (Values,), {what: said, "info": backend(name, "", {"only": ""})})


ValuesVersions = saying("values-versions")
ValuesDevices = saying("values-devices")
ValuesThreads = saying("values-threads")
ValuesMatmul = saying("values-matmul")
