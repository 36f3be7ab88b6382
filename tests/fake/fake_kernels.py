"""A plugin that adds kernels to the fake backend."""

from rnnbench import KernelInfo, LoopRecurrence, Unsupported, hookimpl

QUICK = KernelInfo("fake", "quick", ("leaky", "gru"), "fake_kernels:quick", "the loop again")
ODD = KernelInfo("fake", "odd", ("leaky",), "fake_kernels:odd", "returns what is no recurrence")
TIMID = KernelInfo("fake", "timid", ("leaky",), "fake_kernels:timid", "says that it can't")


def quick(backend, layer):
    made = LoopRecurrence(layer.cell, backend.xp, backend.put)
    made.kernel = "quick"
    return made


def odd(backend, layer):
    return 5


def timid(backend, layer):
    raise Unsupported("no kernel today")


@hookimpl
def rnnbench_kernels():
    return [QUICK, ODD, TIMID]
