"""Import of what a plugin has announced by name."""

from __future__ import annotations

import importlib
from typing import Any


def load(target: str) -> Any:
    """Import ``module:attribute``: the class of a backend, or what makes a kernel."""
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)
