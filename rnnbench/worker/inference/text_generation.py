"""Text written by a trained net."""

from __future__ import annotations

import time
from collections.abc import Callable

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.inference.generation import write, write_likeliest
from rnnbench.contracts.inference.sampling import Sampling
from rnnbench.contracts.values import said, text
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.schema.messages.inference import Generate, Generated
from rnnbench.worker.learning import training


def generated(
    backend: Backend, model: Model, request: Generate, progress: Callable[[int], None]
) -> Generated:
    """Return what a net writes.

    Args:
        backend: at the dtype in which it is computed.
        model: begins with the trained weights.
        request: the prompt, and how tokens are chosen.
        progress: called now and then with the number of tokens so far.

    Raises:
        Unsupported: if the variant can't run the model, or generate.
    """
    program = backend.program(model, model.initial(0), request.variant, Optimizer())
    choose = Sampling(request.temperature, request.top_k, request.seed).chooser()
    told = time.monotonic()

    def now_and_then(count: int) -> None:
        nonlocal told
        if time.monotonic() - told > training.PROGRESS_INTERVAL:
            told = time.monotonic()
            progress(count)

    asked = (backend, program, model.spec.problem, request.prompt, request.length)
    if request.beam > 1:
        tokens = write_likeliest(*asked, request.beam, now_and_then)
    else:
        tokens = write(*asked, choose, now_and_then)
    return Generated(tokens, said("the backend", "kernel", program.kernel, text))
