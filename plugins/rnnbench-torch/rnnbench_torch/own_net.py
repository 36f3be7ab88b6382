"""A user's own ``torch.nn.Module``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from rnnbench import OwnKernel, OwnNetError, Problem, check_anew, example_inputs, unfit_net


class OwnModule(OwnKernel):
    """A module whose parameters are set in place, so that what it has compiled is kept.

    It is in training mode where a graph is recorded and in evaluation mode elsewhere. Buffers begin
    anew with each pack, as the parameters do.
    """

    def __init__(
        self,
        factory: Callable[..., Any],
        problem: Problem,
        device: torch.device,
        dtype: torch.dtype,
        threads: int,
    ) -> None:
        self.factory, self.problem = factory, problem
        self.device, self.dtype, self.threads = device, dtype, threads
        self.module = self._made(0)
        self.kernel = f"{type(self.module).__name__} (nn.Module)"
        self.buffers = [buffer.clone() for buffer in self.module.buffers()]

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Make another module by PyTorch's generator, and copy its parameters."""
        drawn = dict(self._made(seed).named_parameters())
        check_anew(drawn.values(), self.module.parameters())
        return {
            name: np.array(parameter.numpy(force=True), np.float64)
            for name, parameter in drawn.items()
        }

    def pack(self, params: dict[str, np.ndarray]) -> nn.Module:
        """Set the parameters, and the buffers as they were."""
        with torch.no_grad():
            for name, parameter in self.module.named_parameters():
                parameter.copy_(torch.from_numpy(params[name]))
                parameter.grad = None
            for buffer, first in zip(self.module.buffers(), self.buffers, strict=True):
                buffer.copy_(first)
        return self.module

    def apply(self, params: Any, *arrays: Any, **options: Any) -> Tensor:
        """Call the module."""
        training = torch.is_grad_enabled()
        if self.module.training != training:
            self.module.train(training)
        outputs: Tensor = self.module(*arrays)
        return outputs

    def _made(self, seed: int) -> nn.Module:
        torch.manual_seed(seed)
        module: Any = self.factory(self.problem)
        if not isinstance(module, nn.Module):
            raise unfit_net(module, "torch", "a torch.nn.Module")
        if not any(parameter.requires_grad for parameter in module.parameters()):
            raise OwnNetError("it has no parameters that are trained")
        if any(one.is_complex() for one in (*module.parameters(), *module.buffers())):
            raise OwnNetError("it holds complex numbers, which its dtype has not: all must be real")
        placed: nn.Module = module.to(self.device, self.dtype)
        torch.set_num_threads(self.threads)  # which the user's file may have set for itself
        if any(map(is_lazy, (*placed.parameters(), *placed.buffers()))):
            with torch.no_grad():
                placed.eval()(*self._example())
        return placed

    def _example(self) -> Iterator[Tensor]:
        """Yield inputs, and their lengths if there are any."""
        for array in example_inputs(self.problem):
            dtype = self.dtype if array.dtype.kind == "f" else None
            yield torch.as_tensor(array, dtype=dtype, device=self.device)
