"""How many times as fast is the C++ kernel as torch.nn, forward and backward, in one process?

    python tests/benchmarks/native.py [--cells lstm gru elman] [--sizes S M L] [--rounds 30]
        [--memory kept] [--threads 2]

Both take turns in random order; a turn is one pass that is not timed and some that are. The ratio
of the times of a round, torch.nn over native, is one sample; the median of all rounds is printed
with its 95 % interval, then that of the seconds of CPU, and the page faults of a pass of each. With
``--memory kept`` glibc keeps what is freed, for both. Needs PyTorch, rnnbench-torch and
rnnbench-native, and a quiet machine; all of it takes some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time

#: T, B, I, H.
SIZES = {"S": (100, 16, 128, 128), "M": (100, 64, 128, 256), "L": (100, 64, 512, 512)}
#: The goals of the kernel, with memory kept: by cell and size.
GOALS = {
    "lstm": {"S": 1.3, "M": 1.3, "L": 1.0},
    "gru": {"S": 4.0, "M": 1.7, "L": 1.25},
    "elman": {"S": 4.0, "M": 1.7, "L": 1.25},
}
#: glibc gives nothing back and maps nothing apart.
KEPT = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
#: Seconds of one turn.
TURN = 0.3


def main() -> int:
    """Print one line per cell and size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cells", nargs="+", choices=GOALS, default=list(GOALS))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--memory", choices=("kept", "default"), default="kept")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    asked = parser.parse_args()
    settings = {"OMP_NUM_THREADS": str(asked.threads)} | (KEPT if asked.memory == "kept" else {})
    if not settings.items() <= os.environ.items():  # libraries read them when they are loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | settings)
    print(f"torch.nn over native, memory {asked.memory}, {asked.threads} threads")
    for cell in asked.cells:
        for size in asked.sizes:
            native, bare = passes(cell, SIZES[size], asked.threads)
            report(f"{cell} {size}", compared(native, bare, asked.rounds), GOALS[cell][size])
    return 0


def passes(cell, shape, threads):
    """Return a pass of the kernel and one of torch.nn: forward, and gradients of the weights."""
    import numpy as np
    import torch

    from rnnbench import GRU, LSTM, Elman, Layer
    from rnnbench_native.torch_recurrence import recurrence
    from rnnbench_torch.backend import TorchBackend

    TorchBackend.configure(threads)
    steps, batch, inputs, hidden = shape
    kinds = {
        "lstm": (LSTM(), torch.nn.LSTM),
        "gru": (GRU(), torch.nn.GRU),
        "elman": (Elman(), torch.nn.RNN),
    }
    ours, theirs = kinds[cell]
    xs, weights = torch.randn(steps, batch, inputs), torch.randn(steps, batch, hidden)
    module = theirs(inputs, hidden)
    native = recurrence(TorchBackend(), Layer(ours, inputs, hidden))
    packed = native.pack(ours.initial(np.random.default_rng(0), inputs, hidden))
    state = tuple(torch.zeros(batch, hidden) for _ in ours.state)
    leaves = list(packed.values())
    # The second bias of torch.nn is redundant, but for the GRU's.
    own = [p for n, p in module.named_parameters() if cell == "gru" or n != "bias_hh_l0"]

    def run_native():
        torch.autograd.grad(native.apply(packed, xs, state)[0], leaves, weights)

    def run_bare():
        torch.autograd.grad(module(xs)[0], own, weights)

    return run_native, run_bare


def compared(native, bare, rounds):
    """Return one sample per round: ratios of wall and CPU time, and the faults of both."""
    for run in (native, bare, native, bare):
        run()
    calls, order, samples = max(1, round(TURN / turn(bare, 1)[0])), random.Random(0), []
    for _ in range(rounds):
        seen = {run: turn(run, calls) for run in order.sample((native, bare), 2)}
        ours, theirs = seen[native], seen[bare]
        samples.append((theirs[0] / ours[0], theirs[1] / ours[1], ours[2], theirs[2]))
    return samples


def turn(run, calls):
    """Return the wall seconds, CPU seconds and page faults of one of some passes."""
    run()
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    cpu, start = time.process_time(), time.perf_counter()
    for _ in range(calls):
        run()
    seconds, spent = time.perf_counter() - start, time.process_time() - cpu
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
    return seconds / calls, spent / calls, faults / calls


def report(name, samples, goal):
    """Print the medians, the first with its interval."""
    import numpy as np

    wall, cpu, ours, theirs = np.array(samples).T
    drawn = np.random.default_rng(0).choice(wall, (2000, len(wall)))
    low, high = np.quantile(np.median(drawn, axis=1), (0.025, 0.975))
    print(
        f"{name:8} {np.median(wall):5.2f} ({low:.2f} to {high:.2f}), goal {goal}; "
        f"of CPU {np.median(cpu):.2f}; faults {np.median(ours):.0f} and {np.median(theirs):.0f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
