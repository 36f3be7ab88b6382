"""The optimizers of ``torch.optim`` that compute the core's formulas."""

from __future__ import annotations

from torch import Tensor, optim

from rnnbench import Optimizer


def build(rule: Optimizer, leaves: list[Tensor]) -> optim.Optimizer:
    """Return PyTorch's optimizer for ``rule``; clipping is the program's part.

    The fused ones compute the same formula in one pass over memory and are the fastest on CPU and
    GPU; there is none for RMSprop.
    """
    if rule.name == "sgd":
        return optim.SGD(leaves, rule.lr, momentum=rule.momentum, fused=True)
    if rule.name == "rmsprop":
        return optim.RMSprop(leaves, rule.lr, alpha=rule.ALPHA, eps=rule.EPSILON)
    return optim.Adam(leaves, rule.lr, betas=rule.BETAS, eps=rule.EPSILON, fused=True)
