"""A plugin whose tasks and backends say what they must not, and a few things that are only odd."""

import dataclasses
import math
from itertools import repeat

import numpy as np
from fake_plugin import Echo
from zoo import backend

from rnnbench import Batch, Defaults, hookimpl

#: What a task says instead of a value of its own, by the name of the task.
SAYS = {
    "nan-loss": {"naive_loss": math.nan},
    "none-loss": {"naive_loss": None},
    "text-loss": {"naive_loss": "0.5"},
    "true-loss": {"naive_loss": True},
    "infinite-score": {"naive_score": math.inf},
    "seven": {"score_name": 7},
    "half-text": {"score_name": "\ud800"},
    "five": {"data_hash": 5},
    "sizeless": {"sizes": None},
    "maybe": {"higher_is_better": "yes"},
    "no-problem": {"problem": None},
    "stateful": {"carries_state": "no"},
}
RAISES = {"raising-loss": "naive_loss", "raising-sizes": "sizes", "raising-problem": "problem"}
WRONG_DEFAULTS = {"no-units": Defaults(hidden=None), "nan-rate": Defaults(lr=math.nan)}
#: What goes wrong in a worker alone.
IN_TRAINING = {
    "unmeasured": {"measure": lambda *_: None},
    "text-measure": {"measure": lambda *_: ("1.0", 1)},
    "nothing-measured": {"measure": lambda *_: (0.0, 0)},
    "text-score": {"score": lambda self, mean: "0.5"},
    "uncounted": {"measure": lambda *_: (1.0, -1)},
}
#: What a batch of training has of another kind, and of held-out data.
BATCHES = {
    "short": {"training": lambda self, batch, seed: _short(self, batch, seed)},
    "no-stream": {"training": lambda *_: None},
    "no-batch": {"training": lambda *_: iter([None])},
    "too-long": {"training": lambda *_: (_with(lengths=np.full(4, 9)) for _ in range(99))},
    "half-long": {"training": lambda *_: (_with(lengths=np.full(4, 1.5)) for _ in range(99))},
    "text-long": {"training": lambda *_: (_with(lengths="all") for _ in range(99))},
    "raises-late": {"training": lambda self, batch, seed: _raising(self, batch, seed)},
}
HELD_OUT = {
    "too-long-later": {"testing": lambda *_: [_with(lengths=np.full(4, 9))]},
    "nan-later": {"testing": lambda *_: [_with(inputs=np.full((3, 4, 1), np.nan))]},
    "no-tests": {"testing": lambda *_: None},
}
LENGTHS = dataclasses.replace(Echo.problem, lengths=True)


def _with(**wrong):
    inputs = np.ones((3, 4, 1))
    return Batch(inputs, inputs[-1], np.full(4, 3))._replace(**wrong)


def _raising(task, batch, seed):
    yield from (_with() for _ in range(9))
    raise KeyError("gone\x1b[2J")


def _lengthy(said):
    """Return what a task says of which sequences have lengths."""
    training = {"training": lambda *_: repeat(_with()), "testing": lambda *_: [_with()]}
    return {"problem": LENGTHS} | training | said


HONEST = {
    "numpys": {
        "naive_loss": np.float64(1),
        "naive_score": np.int64(1),
        "score_name": np.str_("error"),
        "higher_is_better": np.bool_(False),
        "carries_state": np.bool_(False),
        "version": np.int64(3),
        "data_hash": np.str_("ab"),
        "defaults": Defaults(hidden=np.int64(3), batch=np.uint8(4), lr=np.float32(0.5), steps=10),
        "score": lambda self, mean: np.float32(mean),
        "measure": lambda self, outputs, batch: (
            np.sum((outputs - batch.targets) ** 2),
            np.int64(4),
        ),
    }
}


def _short(task, batch, seed):
    return (_with() for _ in range(7))


@property
def raising(task):
    raise RuntimeError("\x1b[2Jnot today\nnor tomorrow")


def task(name, said):
    return dataclasses.dataclass(frozen=True)(type("Odd", (Echo,), {"name": name, **said}))


VARIANTS = {
    "good": "says what it should",
    "numpys": "says it in NumPy's scalars",
    "text-loss": "its loss in training is a text",
    "true-loss": "its loss in training is True",
    "no-kernel": "its kernel is None",
    "half-text": "its kernel can't be written",
    "no-traces": "it has traced one and a half times",
}
OPENING = {
    "values-versions": {"versions": {"fake": None}},
    "values-devices": {"devices": "cpu"},
    "values-threads": {"configure": "two"},
    "values-matmul": {"matmul_precision": 3},
}


@hookimpl
def rnnbench_backends():
    made = [backend("values", "zoo_values_backend:Values", VARIANTS)]
    for name in OPENING:
        target = "".join(part.capitalize() for part in name.split("-"))
        made.append(backend(name, f"zoo_values_backend:{target}", {"only": "says something else"}))
    return made


@hookimpl
def rnnbench_tasks():
    raises = {name: {what: raising} for name, what in RAISES.items()}
    defaults = {name: {"defaults": value} for name, value in WRONG_DEFAULTS.items()}
    batches = {name: _lengthy(said) for name, said in (BATCHES | HELD_OUT).items()}
    everything = SAYS | raises | defaults | IN_TRAINING | batches | HONEST
    return [task(name, said) for name, said in everything.items()]
