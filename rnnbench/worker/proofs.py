"""Proofs of a worker: what computes the same, whatever its batches and lengths, is proved once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from rnnbench.models.network import Spec
from rnnbench.oracle.parity import Parity
from rnnbench.schema.messages.timing import Check


class Proofs:
    """Keeps what was proved: a suite of kernels has the same model at many sizes of a batch.

    A proof takes a small input of its own, the same for all of them, and to compute it takes a
    minute where a layer has a thousand units.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[bytes, Parity] = {}

    def of(self, request: Check, spec: Spec, prove: Callable[[], Parity]) -> Parity:
        """Return a proof, by ``prove`` where it is not known; what it raises is not kept."""
        key = depends_on(request, spec)
        if key not in self._known:
            self._known[key] = prove()
        return self._known[key]


def depends_on(request: Check, spec: Spec) -> bytes:
    """Return all that a proof depends on: of the task what its network is built for, alone."""
    alike = replace(request.comparison, task="", task_options={}, batch=1)
    built_for = repr(dataclasses.replace(spec, cell=None))
    return msgspec.json.encode((alike, request.variant, request.seed, built_for), order="sorted")
