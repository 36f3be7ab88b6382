"""TensorFlow and Keras as this plugin wants them, imported before any of its modules uses them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever ~/.keras/keras.json says
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Have modules that are not imported yet be missing."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


# TensorFlow Lite imports the one and Keras the other where they are installed, for conversions and
# wrappers that nothing here asks for: a quarter of the time, and 160 MiB.
with without("jax", "sklearn"):
    import keras  # noqa: F401
    import tensorflow  # noqa: F401
