"""Networks that break one promise each."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnbench import Dense, Layer, Network, Problem
from rnnbench.models.layers.dropout import Dropout


@dataclass(frozen=True)
class Right(Network):
    """One layer with dropout before its read-out."""

    name: ClassVar[str] = "right"
    solves: ClassVar[frozenset[str]] = frozenset({"every"})
    #: What it is tested with.
    tried: ClassVar[Problem] = Problem(inputs=2, outputs=2)

    scale: float = 1.0

    def parts(self, spec):
        return {
            "layer": Layer(spec.cell, spec.problem.inputs, spec.hidden),
            "dropout": Dropout(spec.hidden, 0.5),
            "readout": Dense(spec.hidden, spec.problem.outputs),
        }

    def decode(self, run, spec, memory, batch):
        xs, _ = run("layer", self.seen(run.xp, batch.inputs), lengths=batch.lengths)
        return self.said(run.xp, run("readout", run("dropout", self.scale * xs)))

    def seen(self, xp, inputs):
        return inputs

    def said(self, xp, outputs):
        return outputs


class OddName(Right):
    name = "Odd Name"


@dataclass(frozen=True)
class Pretends(Right):
    width: int = 1


def option_without_a_part():
    return Pretends(width=2)


class SaysThatItIsUnused(Right):
    def unused(self, spec):
        return {"scale": "at all"}


def option_in_use():
    return SaysThatItIsUnused(scale=2.0)


@dataclass(frozen=True)
class OptionIsAFunction(Right):
    act: object = np.tanh


class DrawsAnew(Right):
    def parts(self, spec):
        class Restless(Dense):
            def initial(self, rng):
                return super().initial(np.random.default_rng())

        return super().parts(spec) | {"readout": Restless(spec.hidden, spec.problem.outputs)}


class GrowingState(Right):
    def decode(self, run, spec, memory, batch):
        run.child("more").keep((batch.inputs[0],))
        return super().decode(run, spec, memory, batch)


class CallsNumpy(Right):
    def seen(self, xp, inputs):
        return inputs * np.float64(0.5)


class StopsGradient(Right):
    def decode(self, run, spec, memory, batch):
        xs, _ = run("layer", batch.inputs, lengths=batch.lengths)
        short = 0.1 * run.xp.stop_gradient(run("readout", xs))
        return run("readout", run("dropout", xs)) + short


class Idle(Right):
    def parts(self, spec):
        return super().parts(spec) | {"idle": Dense(2, 2)}


class MixesExamples(Right):
    def said(self, xp, outputs):
        return outputs + 0.1 * xp.mean(outputs, axis=1, keepdims=True)


class SeesPadding(Right):
    def decode(self, run, spec, memory, batch):
        xs, _ = run("layer", batch.inputs)
        seen = 0.0 if batch.lengths is None else 0.1 * run.xp.mean(batch.inputs, axis=0)
        return run("readout", run("dropout", xs)) + seen


class LooksAhead(Right):
    def seen(self, xp, inputs):
        steps = inputs.shape[0]
        return inputs if steps < 5 else xp.concat([inputs[:2], inputs[3:], inputs[2:3]])


class SaysThatItLooksAhead(Right):
    causal = False


class Forgets(Right):
    def parts(self, spec):
        layer = Layer(spec.cell, spec.problem.inputs, spec.hidden, carry=False)
        return super().parts(spec) | {"layer": layer}


class RemembersBeside(Right):
    """What it carries belongs to no part, so that nothing sets it back."""

    def decode(self, run, spec, memory, batch):
        outputs = super().decode(run, spec, memory, batch)
        past = run.child("beside").state or (run.xp.zeros_like(outputs[0]),)
        run.child("beside").keep((outputs[-1],))
        return outputs + 0.1 * past[0]


class CountsFromTheFirst(Right):
    def seen(self, xp, inputs):
        ramp = xp.arange(inputs.shape[0], like=inputs)
        return inputs + 0.1 * ramp[:, None, None]


class DrawsItsOwnNoise(Right):
    def said(self, xp, outputs):
        return outputs * (1 + 1e-13 * float(np.random.default_rng().random()))


class IgnoresNoise(Right):
    def decode(self, run, spec, memory, batch):
        xs, _ = run("layer", batch.inputs, lengths=batch.lengths)
        return run("readout", xs)


class Writes(Right):
    """An encoder, and the right one's layer as decoder; there is nothing wrong with it."""

    solves = frozenset({"sequence"})
    tried = Problem(inputs=2, outputs=2, targets="sequence")

    def parts(self, spec):
        parts = super().parts(spec)
        encoder = Layer(spec.cell, spec.problem.inputs, spec.hidden)
        return {"encoder": encoder, "layer": parts["layer"], "readout": parts["readout"]}

    def encode(self, run, spec, batch):
        _, state = run("encoder", batch.inputs, lengths=batch.lengths)
        return (), {"layer": state}

    def decode(self, run, spec, memory, batch):
        xs, _ = run("layer", self.seen(run.xp, batch.inputs), lengths=batch.lengths)
        return run("readout", xs)


class LooksAtTheNextTarget(Writes):
    def seen(self, xp, inputs):
        return inputs if inputs.shape[0] < 2 else xp.concat([inputs[1:], inputs[:1]])
