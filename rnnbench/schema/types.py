"""Numbers and options as they may stand in a file or a message."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

#: Counts made by a machine.
Count = Annotated[int, Meta(ge=0, le=1 << 62)]
Positive = Annotated[int, Meta(ge=1, le=1 << 62)]
#: A loss or a score.
Figure = Annotated[float, Meta(ge=-1e100, le=1e100)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]

#: The largest size and the largest number of repetitions that a person may ask for.
MOST, MOST_REPEATS = 1 << 31, 1000
#: Numbers that a person asks for.
Size = Annotated[int, Meta(ge=1, le=MOST)]
SizeOrNone = Annotated[int, Meta(ge=0, le=MOST)]
Repeats = Annotated[int, Meta(ge=1, le=MOST_REPEATS)]
Above0 = Annotated[float, Meta(gt=0, le=1e9)]  # infinity has no place in a record

#: What can be written as JSON.
Integer = Annotated[int, Meta(ge=-(1 << 62), le=1 << 62)]
#: The options of a task or a cell, by name.
Options = dict[str, bool | Integer | float | str]
