"""A plugin whose programs are right in the check and dishonest while they are timed."""

from rnnbench import KernelInfo, LoopRecurrence, hookimpl
from rnnbench.contracts.info import BackendInfo

#: Each liar, and what its reason must say when it is found.
FOUND = {
    "constant": "differs from the o",
    "by-shape": "differs from the o",
    "keeps-by-batch": "differs from the o",
    "every-second-step": "differs from the o",
    "forgets-to-train": "differs from the o",
    "in-half-precision": "differs from the o",
    "honest-after-reset": "differs from the o",
    "honest-at-first": "differs from the o",
    "later": "the work is not done when wait() returns",
    "more-calls": "it was asked for",
    "slow-clock": "its clock is not ours",
    "fast-clock": "it says that a turn took",
}
#: So many steps after a reset some of them are honest.
HONEST_STEPS = 5
#: A kernel that a plugin adds to a backend which is honest.
KERNEL = KernelInfo("liar", "kernel", ("elman",), "liars:kernel", "tires after a while")
LIARS = BackendInfo(
    name="liar",
    target="liars_backend:Liar",
    requires=("numpy", "autograd"),
    variants={"honest": "the reference"} | dict.fromkeys(FOUND, "not what it says"),
    default="honest",
)


@hookimpl
def rnnbench_backends():
    return [LIARS]


class Tiring(LoopRecurrence):
    """Computes but the first step of a sequence, once it has been called often enough."""

    calls = 0

    def apply(self, params, xs, *arguments):
        self.calls += 1
        if self.calls <= 20:  # more than a check has
            return super().apply(params, xs, *arguments)
        ys, final = super().apply(params, xs[:1], *arguments)
        return self.xp.concat([ys] * len(xs)), final


def kernel(backend, layer):
    """Return the kernel of a layer."""
    return Tiring(layer.cell, backend.xp, backend.put, "tiring")


@hookimpl
def rnnbench_kernels():
    return [KERNEL]
