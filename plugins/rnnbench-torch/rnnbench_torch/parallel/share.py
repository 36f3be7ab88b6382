"""A rank's own program: its share of each batch, and DistributedDataParallel for the gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from rnnbench import (
    Batch,
    Model,
    Native,
    Ops,
    Params,
    States,
    pack,
    tree_map,
    unpack,
)
from rnnbench_torch import optimizer
from rnnbench_torch.program import TorchProgram, leaves_of, to_numpy, trained


class Cost(nn.Module):
    """The loss of a share, as a module of all that is trained.

    DistributedDataParallel takes means of gradients over the ranks, and nothing else. So the loss
    is the gradient of one more parameter, which is zero and stays so: d(loss + z·l)/dz = l, where l
    is the loss taken as a constant. It costs no all-reduce of its own.
    """

    def __init__(self, model: Model, ops: Ops, native: Native, leaves: list[Tensor]) -> None:
        super().__init__()
        self.model, self.ops, self.native = model, ops, native
        self.leaves = nn.ParameterList(leaves)
        self.carrier = nn.Parameter(leaves[0].new_zeros(()))

    def forward(self, state: States, batch: Batch, count: float | None) -> tuple[Tensor, States]:
        """Return a scalar to differentiate, and the new state."""
        loss, after = self.model.cost(self.ops, self.native, state, batch, count)
        return loss + self.carrier * loss.detach(), after


class Share(TorchProgram):
    """A program whose gradients are the means over all ranks; each updates its own parameters.

    Attributes:
        count: of how many targets the losses of a share are the mean; see :meth:`gradient`.
    """

    count: float | None = None
    whole: Any = None

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Return the mean over the ranks of their losses, and its gradient.

        With a count, that is divided by the number of ranks before: the mean is the sum then.
        """
        self.optimizer.zero_grad(set_to_none=True)
        loss, _ = self.differentiate(state, batch)
        gradients: Native = {
            group: {name: zeros_where_none(leaf) for name, leaf in named.items()}
            for group, named in self.named.items()
        }
        return loss.item(), unpack(self.ops, tree_map(to_numpy, gradients))

    def differentiate(self, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Run forward and backward, in which the ranks meet."""
        total, state = self.whole(state, batch, self.count)
        total.backward()
        carrier = self.whole.module.carrier
        loss, carrier.grad = carrier.grad.clone(), None  # it lies in a bucket
        return loss, tree_map(torch.detach, state)

    def reset(self, params: Params) -> None:
        """Set the parameters in place, with an optimizer of their own: buckets are kept."""
        if self.whole is None:
            super().reset(params)
            cost = Cost(self.model, self.ops, self.native, self.leaves)
            # Static: a parameter without influence on the loss is found in the first step.
            self.whole = DistributedDataParallel(
                cost, gradient_as_bucket_view=True, static_graph=True
            )
            return
        with torch.no_grad():
            native = pack(self.ops, params, self.put)
            fresh = leaves_of({group: trained(own) for group, own in native.items()})
            for leaf, value in zip(self.leaves, fresh, strict=True):
                leaf.copy_(value)
        self.optimizer = optimizer.build(self.rule, self.leaves)
        self.constants = optimizer.constants(self.leaves, self.decays)


def zeros_where_none(leaf: Tensor) -> Tensor:
    """Return the gradient of a parameter, zeros where it has none."""
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
