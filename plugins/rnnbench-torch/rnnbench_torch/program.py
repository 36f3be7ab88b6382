"""A model with its parameters on PyTorch: forward, gradient and the usual training step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from rnnbench import (
    Batch,
    Memory,
    Model,
    Native,
    Ops,
    Optimizer,
    Params,
    Program,
    States,
    decays,
    pack,
    tree_map,
    unpack,
)
from rnnbench_torch import optimizer


class TorchProgram(Program):
    """One model in one variant; parameters are leaf tensors, some of them inside modules."""

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        put: Callable[[Any], Any],
        compilations: Callable[[], int] = lambda: 0,
    ) -> None:
        """Build the model.

        Args:
            model: what to compute.
            ops: what to compute it with.
            params: the canonical parameters in float64.
            rule: the optimizer.
            put: turns NumPy arrays into tensors that are trained.
            compilations: tells how often the framework has compiled.
        """
        self.model, self.ops, self.rule = model, ops, rule
        self.kernel = ops.kernel
        self.put, self.compilations = put, compilations
        self.decays = leaves_of(decays(rule, params, self._packed))
        self.reset(params)

    def forward(self, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Compute the outputs and the new state without recording a graph.

        By ``no_grad``: the state that ``inference_mode`` makes could not be trained on afterwards,
        and differs from a given one so much that a compiled step is compiled once more.
        """
        with torch.no_grad():
            return self.model.apply(self.ops, self.native, state, batch)

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Encode the batch without recording a graph."""
        zeros = tree_map(torch.detach, self.put(self.model.zero_state(batch.inputs.shape[1])))
        with torch.no_grad():
            return self.model.begin(self.ops, self.native, zeros, batch)

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Decode the steps of the batch without recording a graph."""
        with torch.no_grad():
            return self.model.advance(self.ops, self.native, memory, state, batch)

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate by autograd; a parameter without influence has a gradient of zero."""
        loss, _ = self.model.cost(self.ops, self.native, state, batch)
        gradients = torch.autograd.grad(loss, self.leaves, materialize_grads=True)
        found = iter(gradients)
        named: Native = {
            group: {name: next(found) for name in names} for group, names in self.named.items()
        }
        return loss.item(), unpack(self.ops, tree_map(to_numpy, named))

    def train_step(self, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Clear the gradients, run forward and backward, clip, update."""
        self.optimizer.zero_grad(set_to_none=True)
        loss, state = self.differentiate(state, batch)
        if self.rule.clip_value is not None:
            clip_grad_value_(self.leaves, self.rule.clip_value)
        if self.rule.clip is not None:
            clip_grad_norm_(self.leaves, self.rule.clip)
        if batch.rate is not None:
            self.optimizer.param_groups[0]["lr"] = optimizer.rate_of(batch.rate)
        self.optimizer.step()
        optimizer.put_back(self.constants)
        return loss, state

    def differentiate(self, state: States, batch: Batch) -> tuple[Tensor, States]:
        """Add the gradient to that of each parameter; return the loss and the new state."""
        loss, state = self.model.cost(self.ops, self.native, state, batch)
        loss.backward()
        return loss.detach(), tree_map(torch.detach, state)

    def params(self) -> Params:
        """Copy the current parameters."""
        return unpack(self.ops, tree_map(to_numpy, self.named))

    def reset(self, params: Params) -> None:
        """Pack the parameters anew, with an optimizer of its own; compiled steps are kept."""
        self.native = pack(self.ops, params, self.put)
        self.named: Native = {g: trained(native) for g, native in self.native.items()}
        self.leaves = leaves_of(self.named)
        self.optimizer = optimizer.build(self.rule, self.leaves)
        self.constants = optimizer.constants(self.leaves, self.decays)

    def wait(self) -> None:
        """Wait for the GPU; on the CPU everything is computed before it returns."""
        if self.leaves[0].is_cuda:
            torch.cuda.synchronize(self.leaves[0].device)

    def traces(self) -> int:
        """Return how often ``torch.compile`` has compiled in this process; 0 where not used."""
        return self.compilations()

    def _packed(self, params: Params) -> Params:
        """Return what native parameters would hold, as NumPy."""
        native = pack(self.ops, params, self.put)
        named: Native = {group: trained(own) for group, own in native.items()}
        return tree_map(to_numpy, named)


def trained(native: Any) -> dict[str, Tensor]:
    """Return the tensors of one group that are trained, by name."""
    named = dict(native.named_parameters()) if isinstance(native, nn.Module) else native
    return {name: leaf for name, leaf in named.items() if leaf.requires_grad}


def leaves_of(tree: Native) -> list[Any]:
    """Return what is in the groups of a tree, in their order."""
    return [leaf for group in tree.values() for leaf in group.values()]


def to_numpy(tensor: Tensor) -> np.ndarray:
    """Copy a tensor, so that it stays as it is when the parameters are updated in place."""
    return np.array(tensor.numpy(force=True))
