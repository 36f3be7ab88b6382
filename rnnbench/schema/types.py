"""Numbers and options as they may stand in a file or a message."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

#: The most that a machine counts of anything.
MOST_COUNTED = 1 << 62
#: The largest number of anything that a person may ask for, and of what takes its time again each
#: time.
MOST, MOST_REPEATS = 1 << 31, 1000
#: The largest number that is no count; infinity has no place in a record.
LARGEST = 1e9

#: What a machine counts.
Count = Annotated[int, Meta(ge=0, le=MOST_COUNTED)]
Positive = Annotated[int, Meta(ge=1, le=MOST_COUNTED)]
#: A loss or a score.
Figure = Annotated[float, Meta(ge=-1e100, le=1e100)]
Seconds = Annotated[float, Meta(ge=0, le=LARGEST)]

#: What a person asks for.
Size = Annotated[int, Meta(ge=1, le=MOST)]
SizeOrZero = Annotated[int, Meta(ge=0, le=MOST)]
#: One of several devices; as many as a worker can be told to make of a CPU.
Device = Annotated[str, Meta(pattern=r"^(cpu|gpu):[0-9]{1,3}$")]
Repeats = Annotated[int, Meta(ge=1, le=MOST_REPEATS)]
Above0 = Annotated[float, Meta(gt=0, le=LARGEST)]
NotNegative = Annotated[float, Meta(ge=0, le=LARGEST)]
Momentum = Annotated[float, Meta(ge=0, lt=1)]
Share = Annotated[float, Meta(gt=0, lt=1)]
Score = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]

#: The optimizers, and what the learning rate does over a training.
OptimizerName = Literal["sgd", "rmsprop", "adam", "adamw"]
ScheduleName = Literal["constant", "step", "cosine"]

#: What a worker does with memory that a step has freed: what its C library does by itself, or keep
#: it; see :mod:`rnnbench.system.allocator`.
Allocator = Literal["default", "kept"]

#: What can be written as JSON.
Integer = Annotated[int, Meta(ge=-MOST_COUNTED, le=MOST_COUNTED)]
#: The value of an option, or one of a list of them.
Scalar = bool | Integer | float | str
#: The options of a task or a cell, by name.
Value = Scalar | list[Scalar]
Options = dict[str, Value]
