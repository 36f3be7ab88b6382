"""Who follows a run: somebody at a terminal or in a notebook, or nobody, as in a script."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnbench.running.view import Audience


def audience_of(progress: bool | Audience | None) -> Audience:
    """Return the audience of a run.

    Args:
        progress: whether progress is shown; None for where somebody is at a prompt, or in a
            notebook. Or an audience, which is taken as it is.
    """
    if not isinstance(progress, bool | None):
        return progress
    from rnnbench.report.progress import in_notebook
    from rnnbench.report.progress.display import Terminal
    from rnnbench.report.progress.silent import Quiet

    if progress is None:
        progress = hasattr(sys, "ps1") or in_notebook.shell() is not None
    if not progress:
        return Quiet()
    return in_notebook.Notebook() if in_notebook.shell() else Terminal()
