"""Draws of initial weights, in float64."""

from __future__ import annotations

import math

import numpy as np


def glorot(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw ``U(-a, a)`` with ``a = sqrt(6 / (fan_in + fan_out))`` over the last two axes.

    Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010, eq. 16.
    """
    limit = math.sqrt(6.0 / (shape[-2] + shape[-1]))
    return rng.uniform(-limit, limit, shape)


def orthogonal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw a stack ``(G, H, H)`` of orthogonal matrices, uniform over the orthogonal group.

    Saxe, McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks", arXiv 1312.6120.
    """
    q, r = np.linalg.qr(rng.standard_normal(shape))
    # The sign makes the decomposition unique and so the distribution uniform (Mezzadri 2007).
    return np.asarray(q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[:, None, :])
