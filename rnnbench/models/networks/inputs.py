"""The inputs of a problem as features of a network's first layer."""

from __future__ import annotations

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.layers.embedding import Embedding
from rnnbench.models.network import Spec
from rnnbench.models.network_part import Part, Run


def embedding_of(spec: Spec) -> dict[str, Part]:
    """Return the part ``embedding`` if there is one."""
    width = spec.embedding
    return {"embedding": Embedding(spec.problem.inputs, width)} if width else {}


def width_of(spec: Spec) -> int:
    """Return how many features :func:`features` has."""
    return spec.embedding or spec.problem.inputs


def features(run: Run, spec: Spec, inputs: Array, like: Array) -> Array:
    """Return real inputs ``(T, B, I)`` as they are, tokens embedded (E for I) or one-hot (V).

    Args:
        run: that of the network.
        spec: what it was built for.
        inputs: those of a batch.
        like: an array of the dtype in which it computes.
    """
    if not spec.problem.tokens:
        return inputs
    if spec.embedding:
        return run("embedding", inputs)  # (T, B, E)
    return run.xp.one_hot(inputs, spec.problem.inputs, like=like)  # (T, B, V)
