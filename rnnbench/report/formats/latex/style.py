"""How tables are written in LaTeX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Style:
    """How tables are written.

    Attributes:
        standalone: whether it is a whole document, or tables to be put into one.
        siunitx: whether figures are numbers of siunitx, aligned at their points.
        interval: as ``2.60 ± 0.10``, or as ``2.60 [2.51, 2.70]``.
        label: to refer to the first table by; the second is LABEL-2.
    """

    standalone: bool = False
    siunitx: bool = False
    interval: Literal["pm", "range"] = "pm"
    label: str | None = None


PLAIN = Style()
