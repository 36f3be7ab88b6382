"""`torch:fused` against a training loop over nn.LSTM as anybody would write it."""

import torch

from benchmarks.kernel import COUNT, RULE, setting
from benchmarks.paired import compare, fidelity, kinds, shapes, two_shapes
from rnnbench_torch.backend import TorchBackend


def bare_loop(shape, batch):
    _, _, inputs, hidden = shape
    where = batch.inputs.device
    lstm = torch.nn.LSTM(inputs, hidden, device=where)
    readout = torch.nn.Linear(hidden, 1, device=where)
    params = [*lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(params, lr=RULE.lr, fused=True)
    loss_of = torch.nn.MSELoss()

    def step():
        optimizer.zero_grad()
        ys, _ = lstm(batch.inputs)
        loss = loss_of(readout(ys[-1]), batch.targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, RULE.clip)
        optimizer.step()

    return step


@shapes
def test_train_step(benchmark, shape, rounds, device):
    TorchBackend.configure(COUNT)
    program, state, batch, _ = setting(TorchBackend(device), shape, "fused")
    ours = lambda: program.train_step(state, batch)  # noqa: E731
    compare(benchmark, ours, bare_loop(shape, batch), program.wait, rounds)


@two_shapes
@kinds
def test_fidelity(benchmark, shape, kind, rounds, device):
    fidelity(benchmark, TorchBackend(device), shape, "fused", kind, rounds)
