"""A backend that forgets the state between two steps."""

import numpy as np

from rnnbench import BackendInfo, NumpyBackend, NumpyProgram, hookimpl, tree_map
from rnnbench.system import counters

#: As the fake backend: tests run beside other tests.
counters.cpu_times = counters.CpuTimes
counters.delays = lambda: None


class Forgets(NumpyProgram):
    def forward(self, state, batch):
        return super().forward(tree_map(np.zeros_like, state), batch)


class Forgetful(NumpyBackend):
    info = BackendInfo(
        "forgetful",
        "forgetful:Forgetful",
        ("numpy",),
        {"state": "begins anew at each step"},
        "state",
    )
    PORTABLE = dict.fromkeys(info.variants, "autograd")

    def program(self, model, params, variant, optimizer):
        return Forgets(model, self.ops(model, variant), params, optimizer, self.put)


@hookimpl
def rnnbench_backends():
    return [Forgetful.info]
