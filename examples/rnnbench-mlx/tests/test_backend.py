import shutil

import pytest

from rnnbench import LSTM, Model, Optimizer, Problem, Spec, Stack, Unsupported
from rnnbench_mlx.backend import MlxBackend

MODEL = Model(Stack(), Spec(Problem(2, 1), LSTM(), 3))


def test_compile_without_a_compiler_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    backend = MlxBackend()
    with pytest.raises(Unsupported, match="g\\+\\+"):
        backend.program(MODEL, MODEL.initial(0), "compile", Optimizer())
    assert backend.program(MODEL, MODEL.initial(0), "eager", Optimizer()).traces() == 0


def test_double_precision_is_refused() -> None:
    with pytest.raises(Unsupported, match="float32"):
        MlxBackend("cpu", "float64")
