"""Models: one network with its sizes, ready to be drawn, run and differentiated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

import numpy as np

from rnnbench.errors import PluginError, UsageError
from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.resets import begun_anew
from rnnbench.models.arrays.trees import Batch, Native, Noise, Params, States, split, tree_map
from rnnbench.models.kernel import Ops
from rnnbench.models.network import Memory, Network, Spec, unfit
from rnnbench.models.network_part import Computation, Extent, Part, Run, by_path
from rnnbench.models.padding import mask_of
from rnnbench.models.training.losses import LOSSES
from rnnbench.models.training.teaching import check_tokens, taught
from rnnbench.text import shown


@final
@dataclass(frozen=True)
class Model:
    """A network built for a problem.

    Attributes:
        network: how the parts are composed.
        spec: the problem, the cell and the sizes.
        weights: trained parameters that it begins with; None where they are drawn.

    Raises:
        UsageError: if the network is not for such a problem, or lacks its cell; or if the problem
            lacks the token that a target sequence begins with.
    """

    network: Network
    spec: Spec
    weights: Params | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if reason := unfit(self.network, self.spec.problem):
            raise UsageError(reason)
        if self.network.uses_cell and self.spec.cell is None:
            raise UsageError(f"the network {self.network.name!r} needs a cell")
        check_tokens(self.spec.problem)

    @cached_property
    def parts(self) -> dict[str, Part]:
        """All parts by path, each before its children."""
        return dict(by_path(self.network.parts(self.spec)))

    def initial(self, seed: int) -> Params:
        """Draw the initial parameters in float64, the same for every backend, part by part.

        Those of a model with trained weights are these, whatever the seed.
        """
        if self.weights is not None:
            return tree_map(np.copy, self.weights)
        rng = np.random.default_rng([seed, 0])
        return {path: part.initial(rng) for path, part in self.parts.items() if part.shapes}

    def zero_state(self, batch: int) -> States:
        """Return the state before the first step, of the parts that have one."""
        states = {path: part.zero_state(batch) for path, part in self.parts.items()}
        return {path: state for path, state in states.items() if state}

    @cached_property
    def is_noisy(self) -> bool:
        """Whether a part wants dropout masks in training."""
        return any(part.noise(Extent(1, 1, 1)) for part in self.parts.values())

    def noise(self, rng: np.random.Generator, batch: Batch, number: int = 0) -> Noise:
        """Draw the dropout masks of a training batch, after so many others.

        They are true where a value is kept.
        """
        steps, examples = batch.inputs.shape[:2]
        targets = batch.targets.shape[0] if self.spec.problem.targets == "sequence" else steps
        extent = Extent(steps, targets, examples, number)
        wanted = {path: part.noise(extent) for path, part in self.parts.items()}
        return {path: rng.random(want[0]) < want[1] for path, want in wanted.items() if want}

    def begin(self, ops: Ops, params: Native, state: States, batch: Batch) -> tuple[Memory, States]:
        """Compute what precedes the first step.

        Returns:
            What an encoder remembers of the batch, and the state to decode from.
        """
        run = self._run(ops, params, state, batch)
        return self._encoded(run, batch), run.after()

    def advance(
        self, ops: Ops, params: Native, memory: Memory, state: States, batch: Batch
    ) -> tuple[Array, States]:
        """Compute the outputs of the steps in a batch, and the state after them."""
        run = self._run(ops, params, state, batch)
        return self._decoded(run, memory, batch), run.after()

    def apply(self, ops: Ops, params: Native, state: States, batch: Batch) -> tuple[Array, States]:
        """Compute the outputs.

        Args:
            ops: the functions to compute with.
            params: one entry per part with parameters, as its kernel packed them.
            state: the state before the first step, by path; of examples that begin another sequence
                (:attr:`Batch.resets`) it is not looked at.
            batch: ``inputs`` and whatever else the network reads.

        Returns:
            ``(T, B, O)``, or ``(B, O)`` where the problem has one target; and the new state.
        """
        run = self._run(ops, params, state, batch)
        memory = self._encoded(run, batch)
        told = taught(ops.xp, self.spec.problem, batch)
        return self._decoded(run, memory, told), run.after()

    def cost(
        self,
        ops: Ops,
        params: Native,
        state: States,
        batch: Batch,
        count: Array | float | None = None,
    ) -> tuple[Array, States]:
        """Return the loss of a batch, which programs differentiate, and the new state.

        Args:
            ops: the functions to compute with.
            params: as for :meth:`apply`, like what follows.
            state: see there.
            batch: see there.
            count: of how many targets the loss is the mean, where the batch is a share of them: the
                losses of all shares then add up to that of the whole. None for those of ``batch``.
        """
        outputs, state = self._strided(ops, params, state, batch)
        loss, targets = LOSSES[self.spec.problem.loss], batch.targets
        return loss(ops.xp, outputs, targets, self.counted(ops.xp, batch), count), state

    def _strided(
        self, ops: Ops, params: Native, state: States, batch: Batch
    ) -> tuple[Array, States]:
        """Compute the outputs of all steps, and the state after as many as :attr:`Spec.stride`."""
        if not 0 < self.spec.stride < batch.inputs.shape[0]:
            return self.apply(ops, params, state, batch)
        first, rest = split(batch, self.spec.stride)
        early, after = self.apply(ops, params, state, first)
        late, _ = self.apply(ops, params, after, rest)
        return ops.xp.concat([early, late]), after

    def counted(self, xp: Namespace, batch: Batch) -> Array | None:
        """Return which targets are a part of the loss, ``(T, B)``; None where all are."""
        there = self._no_padding(xp, batch)
        if there is None or batch.counted is None:
            return batch.counted if there is None else there
        return there & batch.counted

    def _no_padding(self, xp: Namespace, batch: Batch) -> Array | None:
        """Return which targets are no padding, ``(T, B)``; None where none is."""
        kind = self.spec.problem.targets
        lengths = batch.target_lengths if kind == "sequence" else batch.lengths
        if kind == "one" or lengths is None:
            return None
        return mask_of(xp, batch.targets.shape[0], lengths)

    def _run(self, ops: Ops, params: Native, state: States, batch: Batch) -> Run:
        """Return the run of the whole network."""
        noise = batch.noise or {}
        xp, kernels, state = ops.xp, ops.kernels, self._first(ops.xp, state, batch)
        return Run(Computation(xp, kernels, self.parts, params, state, noise, {}), "")

    def _first(self, xp: Namespace, state: States, batch: Batch) -> States:
        """Return the state before a batch: that carried, or that of a sequence that begins."""
        if batch.resets is None:
            return state.copy()
        return begun_anew(xp, state, self.zero_state(1), batch.resets)

    def _encoded(self, run: Run, batch: Batch) -> Memory:
        """Return what an encoder remembers, and let the parts begin at the states it hands on."""
        found = self.network.encode(run, self.spec, batch)
        if not isinstance(found, tuple) or len(found) != 2 or not isinstance(found[1], Mapping):
            raise self._wrong(f"encode() is {shown(found)}, not a memory and a dict of states")
        memory, begun = found
        run.computation.state.update(begun)
        return memory

    def _decoded(self, run: Run, memory: Memory, batch: Batch) -> Array:
        """Return the outputs of the steps in a batch."""
        found = self.network.decode(run, self.spec, memory, batch)
        if not hasattr(found, "shape"):
            raise self._wrong(f"decode() is {shown(found)}, not an array")
        return found

    def _wrong(self, what: str) -> PluginError:
        """Return the error for what the network must not say."""
        return PluginError(f"network {self.network.name!r}: {what}")
