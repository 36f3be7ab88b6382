"""What a hosted CI reads from the output of a job: annotations in the form of GitHub Actions.

A line ``::error title=…::message`` becomes a remark on the page of the job. What would end the
line, a property or the message is escaped, as GitHub Actions want it of their workflow commands.
"""

from __future__ import annotations

from typing import Literal

from rnnbench.text import plain

#: What is escaped in a message, and in a property beside it.
MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


def annotation(level: Literal["error", "warning"], title: str, message: str) -> str:
    """Return the line that becomes a remark, whoever wrote its texts."""
    title, message = plain(title).translate(PROPERTY), plain(message).translate(MESSAGE)
    return f"::{level} title={title}::{message}"
