"""The time of ``torch:fused`` as a multiple of a bare loop over ``nn.LSTM``, side by side.

Run ``python bare_lstm.py --threads 2``. Both take turns in random order within one process, block
by block; what is printed is the median of the ratios within a round and its quartiles.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from rnnbench.cells.lstm import LSTM
from rnnbench.model import Batch, Model
from rnnbench.optimizer import Optimizer
from rnnbench_torch.backend import TorchBackend

#: T, B, I, H, and the classes of the read-out; 0 for a squared error of one output.
SHAPES = [(100, 16, 128, 128, 0), (100, 64, 512, 512, 0), (30, 32, 2, 64, 0), (30, 32, 2, 64, 10)]
#: Seconds that a block should last.
BLOCK = 0.1
RULE = Optimizer("adam", clip=1.0)


def draw(steps: int, examples: int, inputs: int, classes: int) -> Batch:
    """Draw a batch with one target per step."""
    rng = np.random.default_rng(0)
    shape = (steps, examples)
    targets = rng.integers(0, classes, shape) if classes else rng.standard_normal((*shape, 1))
    return Batch(rng.standard_normal((*shape, inputs)), targets)


def bare(batch: Batch, hidden: int, classes: int) -> Callable[[], object]:
    """Return the training step that one would write without a harness."""
    lstm, readout = nn.LSTM(batch.inputs.shape[-1], hidden), nn.Linear(hidden, classes or 1)
    leaves = [*lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(leaves, RULE.lr, fused=True)
    initial = (torch.zeros(1, batch.inputs.shape[1], hidden),) * 2

    def step() -> object:
        optimizer.zero_grad(set_to_none=True)
        ys, _ = lstm(batch.inputs, initial)
        outputs = readout(ys)
        if classes:
            loss = functional.cross_entropy(outputs.flatten(0, 1), batch.targets.flatten())
        else:
            loss = functional.mse_loss(outputs, batch.targets)
        loss.backward()
        clip_grad_norm_(leaves, RULE.clip)
        optimizer.step()
        return loss.detach()

    return step


def ours(batch: Batch, hidden: int, classes: int) -> Callable[[], object]:
    """Return the training step of the backend."""
    backend = TorchBackend()
    loss = "cross-entropy" if classes else "mse"
    model = Model(LSTM(), batch.inputs.shape[-1], classes or 1, hidden, loss=loss)
    program = backend.program(model, model.initial(0), "fused", RULE)
    state = backend.put(model.zero_state(batch.inputs.shape[1]))
    return lambda: program.train_step(state, batch)


def seconds(step: Callable[[], object], times: int) -> float:
    """Return the seconds per call in a block of ``times``."""
    start = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - start) / times


def compare(shape: tuple[int, ...], rounds: int) -> str:
    """Return one line for one shape."""
    steps, examples, inputs, hidden, classes = shape
    batch = TorchBackend().put(draw(steps, examples, inputs, classes))
    runs = {"ours": ours(batch, hidden, classes), "bare": bare(batch, hidden, classes)}
    times = max(1, round(BLOCK / max(seconds(run, 3) for run in runs.values())))
    ratios, base = [], []
    for _ in range(rounds):
        order = random.sample(sorted(runs), 2)
        found = {name: seconds(runs[name], times) for name in order}
        ratios.append(found["ours"] / found["bare"])
        base.append(found["bare"])
    low, middle, high = statistics.quantiles(ratios, n=4)
    milliseconds = 1e3 * statistics.median(base)
    return f"{shape}: {middle:.3f} [{low:.3f}, {high:.3f}] of {milliseconds:.2f} ms"


def main() -> None:
    """Print a line per shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=41)
    options = parser.parse_args()
    TorchBackend.configure(options.threads)
    for shape in SHAPES:
        print(compare(shape, options.rounds), flush=True)


if __name__ == "__main__":
    main()
