"""A sequence from a sequence: an encoder reads the source, a decoder writes the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.cell import Cell
from rnnbench.models.layers.bidirectional import Bidirectional, Merge
from rnnbench.models.layers.decoder.memory_attention import AttendingCell, MemoryAttention, Score
from rnnbench.models.layers.decoder.sampling import Coins, sampling_layer
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.dropout import Dropout
from rnnbench.models.layers.embedding import Embedding
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import mask_of
from rnnbench.models.problem import Problem


@dataclass(frozen=True)
class Seq2Seq(Network):
    """An encoder and a decoder of one cell, with as many layers each.

        x_s = E[source_s]     m_s, end = encoder(x_1 … x_S)
        z_t = D[target_t-1]   h_t = decoder(z_t, h_t-1)   h_0 = end
        y_t = h_t W + b       or, with attention to the m_s, y_t = h̃_t W + b

    Without attention: Sutskever, Vinyals & Le, "Sequence to sequence learning with neural
    networks", NeurIPS 2014. Of h̃ and both scores see
    :class:`~rnnbench.models.layers.decoder.memory_attention.MemoryAttention`. With either,
    attention comes after the step and is asked by its h_t: Luong's order, where Bahdanau's is asked
    by h_t-1 before it. Each layer of the decoder begins with the state in which that of the encoder
    ends: of two directions, the one that reads forward. Tokens are one-hot where there is no
    embedding; of numbers, z is the one before.

    Attributes:
        attention: ``additive`` (Bahdanau et al. 2015), ``dot`` (Luong et al. 2015) or ``none``.
        feeding: h̃ is an input of the next step of the layer that attends, which is the last one
            (Luong et al., section 3.3). Without it attention comes after all steps at once.
        bidirectional: the encoder reads in both directions, as in ``stack``. Without attention its
            last layer reads forward alone: the decoder hears nothing of it but its last state.
        dropout: the share of values that are left out between two layers in training, of the
            encoder and of the decoder.
        teacher_forcing: the probability with which a step in training is told the target before,
            and not what the decoder said itself; see
            :class:`~rnnbench.models.layers.decoder.sampling.SamplingCell`.
        forcing_steps: the training steps within which it falls from 1, linearly; 0 for none.

    Raises:
        ValueError: of a memory that is wider than h, with ``dot``.
    """

    name: ClassVar[str] = "seq2seq"
    solves: ClassVar[frozenset[str]] = frozenset({"sequence"})

    attention: Literal["additive", "dot", "none"] = "additive"
    feeding: bool = False
    bidirectional: Literal["no", "concat", "sum"] = "no"
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    teacher_forcing: Annotated[float, Meta(ge=0, le=1)] = 1.0
    forcing_steps: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        if self.attention == "dot" and self.bidirectional == "concat":
            raise ValueError(
                "a dot product needs a memory as wide as the decoder: take "
                'bidirectional = "sum", or attention = "additive"'
            )

    def unused(self, spec: Spec) -> Mapping[str, str]:
        """Return what needs a second layer, attention, or a step that is not told the target."""
        found = {"dropout": "with one layer"} if spec.layers == 1 else {}
        if self.attention == "none":
            found["feeding"] = "without attention"
        if self.attention == "none" and spec.layers == 1:
            found["bidirectional"] = "with one layer and without attention"
        if self.teacher_forcing == 1:
            found["forcing_steps"] = "with teacher_forcing = 1"
        return found

    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return ``embedding``, ``encoder.0`` and on, ``keys``, ``target``, ``decoder.0`` and on.

        Then ``attention``, if the decoder is not fed, and ``readout``. What is not needed is left
        out; ``dropout.encoder.0`` is above ``encoder.0``. A decoder that is not always told the
        target is one part, ``decoder``, beside ``coins``.
        """
        problem, hidden = spec.problem, spec.hidden
        found: dict[str, Part] = {}
        if problem.tokens and spec.embedding:
            found["embedding"] = Embedding(problem.inputs, spec.embedding)
        for k in range(spec.layers):
            inputs = self._memory_width(spec) if k else spec.embedding or problem.inputs
            found[f"encoder.{k}"] = self._encoder(spec, k, inputs)
        if self.attention == "additive":
            found["keys"] = Dense(self._memory_width(spec), hidden)
        for k in range(spec.layers - 1 if self.dropout else 0):
            found[f"dropout.encoder.{k}"] = Dropout(self._memory_width(spec), self.dropout)
            found[f"dropout.decoder.{k}"] = Dropout(hidden, self.dropout, of_targets=True)
        if not self._samples:
            return found | self._decoder_parts(spec)
        found["coins"] = Coins(self.teacher_forcing, self.forcing_steps)
        tokens, dropout = problem.loss == "cross-entropy", self.dropout > 0
        return found | {"decoder": sampling_layer(self._decoder_parts(spec), tokens, dropout)}

    def _decoder_parts(self, spec: Spec) -> dict[str, Part]:
        hidden, outputs = spec.hidden, spec.problem.outputs
        found: dict[str, Part] = {}
        if embeds_targets(spec):
            found["target"] = Embedding(outputs, spec.embedding)
        for k in range(spec.layers):
            width = spec.embedding if embeds_targets(spec) else outputs
            found[f"decoder.{k}"] = Layer(self._decoder(spec, k), hidden if k else width, hidden)
        if self.attention != "none" and not self.feeding:
            found["attention"] = self._attention(spec)
        return found | {"readout": Dense(hidden, outputs)}

    def encode(self, run: Run, spec: Spec, batch: Batch) -> tuple[Memory, States]:
        """Read the source; return the context of the decoder, and the states it begins with."""
        xs = self._read_source(run, spec, batch.inputs)
        for k in range(spec.layers):
            xs = run(f"encoder.{k}", xs, lengths=batch.lengths)[0]
            if self._drops(spec, k):
                xs = run(f"dropout.encoder.{k}", xs)
        ends = run.after()
        begun = {f"decoder.{k}": ends[self._reader(spec, k)] for k in range(spec.layers)}
        if self._is_fed(spec, spec.layers - 1):
            top = f"decoder.{spec.layers - 1}"
            nothing = run.xp.zeros((xs.shape[1], spec.hidden), like=xs)
            begun[top] = (*begun[top], nothing)
        if self._samples:
            states = (part for state in begun.values() for part in state)
            begun = {"decoder": (*states, first_said(run.xp, spec.problem, xs))}
        return self._context(run, xs, batch.lengths), begun

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Write the target: tell the decoder what was said before, and read out."""
        if self._samples:
            return self._sampled(run, spec, memory, batch)
        xs = self._read_target(run, spec, batch.inputs)
        for k in range(spec.layers):
            context = memory if self._is_fed(spec, k) else ()
            xs, _ = run(f"decoder.{k}", xs, lengths=batch.lengths, context=context)
            if self._drops(spec, k):
                xs = run(f"dropout.decoder.{k}", xs)
        if self.attention != "none" and not self.feeding:
            xs = run("attention", xs, *memory)
        return run("readout", xs)

    def _sampled(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Write the target in one loop, in which what was said is at hand."""
        told = self._read_target(run, spec, batch.inputs)
        ones = run.xp.ones_like(told[..., :1]) + run.xp.zeros((spec.hidden,), like=told)
        drops = [k for k in range(spec.layers) if self._drops(spec, k)]
        factors = [run(f"dropout.decoder.{k}", ones) for k in drops]
        xs = run.xp.concat([told, run("coins", told), *factors], axis=-1)
        return run("decoder", xs, lengths=batch.lengths, context=memory)[0]

    @property
    def _samples(self) -> bool:
        return self.teacher_forcing < 1

    def _drops(self, spec: Spec, k: int) -> bool:
        return self.dropout > 0 and k < spec.layers - 1

    def _context(self, run: Run, xs: Array, lengths: Array | None) -> tuple[Array, ...]:
        """Return memory ``(B, S, M)``, keys ``(B, S, H)`` and what of it is no padding."""
        if self.attention == "none":
            return ()
        xp, steps = run.xp, xs.shape[0]
        memory = xp.permute_dims(xs, (1, 0, 2))
        keys = memory if self.attention == "dot" else xp.permute_dims(run("keys", xs), (1, 0, 2))
        if lengths is None:
            return memory, keys
        return memory, keys, xp.permute_dims(mask_of(xp, steps, lengths), (1, 0))

    def _read_source(self, run: Run, spec: Spec, inputs: Array) -> Array:
        if not spec.problem.tokens:
            return inputs
        if spec.embedding:
            return run("embedding", inputs)
        like = self._state(run, self._reader(spec, 0))
        return run.xp.one_hot(inputs, spec.problem.inputs, like=like)

    def _read_target(self, run: Run, spec: Spec, inputs: Array) -> Array:
        if spec.problem.loss != "cross-entropy":
            return inputs
        if embeds_targets(spec) and not self._samples:
            return run("target", inputs)
        first = "decoder" if self._samples else "decoder.0"
        return run.xp.one_hot(inputs, spec.problem.outputs, like=self._state(run, first))

    def _state(self, run: Run, path: str) -> Array:
        return run.child(path).state[0]

    def _reader(self, spec: Spec, k: int) -> str:
        """Return the path of the layer of the encoder that reads forward."""
        return f"encoder.{k}.forward" if self._merge(spec, k) else f"encoder.{k}"

    def _merge(self, spec: Spec, k: int) -> Merge | None:
        """Return how a layer of the encoder joins its directions, None where it has but one."""
        heard = self.attention != "none" or k < spec.layers - 1
        return self.bidirectional if heard and self.bidirectional != "no" else None

    def _is_fed(self, spec: Spec, k: int) -> bool:
        return self.attention != "none" and self.feeding and k == spec.layers - 1

    def _memory_width(self, spec: Spec) -> int:
        return spec.hidden * (2 if self.bidirectional == "concat" else 1)

    def _encoder(self, spec: Spec, k: int, inputs: int) -> Part:
        cell: Cell = spec.cell  # type: ignore[assignment]  # Model sees to it
        if merge := self._merge(spec, k):
            return Bidirectional(cell, inputs, spec.hidden, merge)
        return Layer(cell, inputs, spec.hidden)

    def _decoder(self, spec: Spec, k: int) -> Cell:
        cell: Cell = spec.cell  # type: ignore[assignment]
        return AttendingCell(cell, self._attention(spec)) if self._is_fed(spec, k) else cell

    def _attention(self, spec: Spec) -> MemoryAttention:
        score: Score = "dot" if self.attention == "dot" else "additive"
        return MemoryAttention(score, spec.hidden, self._memory_width(spec))


def first_said(xp: Namespace, problem: Problem, like: Array) -> Array:
    """Return what stands before a target as if it had been said, ``(B, O)``; see ``first_word``.

    Args:
        xp: the functions to compute with.
        problem: says what it begins with.
        like: ``(S, B, ...)``, of the dtype in which it computes.
    """
    zeros = xp.zeros((like.shape[1], problem.outputs), like=like)
    if problem.loss != "cross-entropy":
        return zeros
    before, after = zeros[:, : problem.begin], zeros[:, problem.begin + 1 :]
    return xp.concat([before, xp.ones_like(zeros[:, :1]), after], axis=-1)


def embeds_targets(spec: Spec) -> bool:
    """Return whether the decoder is told vectors in place of one-hot tokens."""
    return bool(spec.embedding) and spec.problem.loss == "cross-entropy"
