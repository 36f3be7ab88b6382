"""The weights of the row in hand, written to a file."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np

from rnnbench.errors import ResultsError
from rnnbench.models.arrays.trees import tree_map
from rnnbench.schema.messages.training import Save, Saved
from rnnbench.weights.file import save
from rnnbench.weights.header import Header
from rnnbench.worker.row.prepared_row import PreparedRow


def saved(row: PreparedRow, request: Save) -> Saved:
    """Write the weights that a row has now, in the dtype that it computes in.

    Raises:
        ResultsError: if the file can't be written.
    """
    task, model = row.built.task, row.built.model
    header = Header(
        comparison=request.comparison,
        problem=model.spec.problem,
        carries_state=model.spec.carried,
        row=request.row,
        seed=request.seed,
        run=request.run,
        score=request.score,
        score_name=task.score_name,
        reads=task.reads,
        writes=task.writes,
        plugins=request.plugins,
        rnnbench=metadata.version("rnnbench"),
    )
    params = tree_map(lambda w: np.asarray(w, row.backend.dtype), row.program.params())
    try:
        return Saved(save(Path(request.path), header, params))
    except OSError as error:  # of the disk, and of nobody's plugin
        raise ResultsError(error.strerror or str(error)) from None
