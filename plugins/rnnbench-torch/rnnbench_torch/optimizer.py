"""The optimizers of ``torch.optim`` that compute the core's formulas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, optim

from rnnbench import Optimizer

#: A tensor, where it holds trained entries, and what it holds elsewhere.
Constant: TypeAlias = tuple[Tensor, Tensor, Tensor]


def build(rule: Optimizer, leaves: list[Tensor]) -> optim.Optimizer:
    """Return PyTorch's optimizer for ``rule``; clipping is the program's part.

    The fused ones compute the same formula in one pass over memory and are the fastest on CPU and
    GPU; there is none for RMSprop.
    """
    if rule.name == "sgd":
        return optim.SGD(
            leaves, rule.lr, momentum=rule.momentum, nesterov=rule.nesterov, fused=True
        )
    if rule.name == "rmsprop":
        return optim.RMSprop(leaves, rule.lr, alpha=rule.ALPHA, eps=rule.EPSILON)
    if rule.name == "adam":
        return optim.Adam(leaves, rule.lr, betas=rule.BETAS, eps=rule.EPSILON, fused=True)
    return optim.AdamW(
        leaves,
        rule.lr,
        betas=rule.BETAS,
        eps=rule.EPSILON,
        weight_decay=rule.weight_decay,
        fused=True,
    )


def rate_of(rate: Tensor) -> Tensor | float:
    """Return the rate of a step as PyTorch's fused optimizers take it.

    Those for GPUs read a tensor as float32, whatever the parameters are; at float64, which is for
    proofs and waits anyway, they are given the number.
    """
    return rate.item() if rate.is_cuda and rate.dtype == torch.float64 else rate


def constants(leaves: Iterable[Tensor], decays: Iterable[float | np.ndarray]) -> list[Constant]:
    """Return the tensors of which a part must not decay, with what it is to stay."""
    return [
        (leaf, torch.from_numpy(decay != 0).to(leaf.device), leaf.detach().clone())
        for leaf, decay in zip(leaves, decays, strict=False)  # no decays where nothing does
        if isinstance(decay, np.ndarray)
    ]


@torch.no_grad()
def put_back(found: Iterable[Constant]) -> None:
    """Put the constants back that AdamW, whose decay is for whole tensors, has shrunk."""
    for leaf, is_trained, before in found:
        leaf.copy_(torch.where(is_trained, leaf, before))
