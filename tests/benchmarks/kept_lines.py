"""What an experiment has found, a JSON line each, so that one that was cut off goes on."""

from __future__ import annotations

import json


def read(path):
    """Return what earlier calls have kept, nothing if there is no such file."""
    if path is None or not path.exists():
        return []
    return [json.loads(text) for text in path.read_text().splitlines()]


def keep(found, path):
    """Append a finding; nothing is kept without a path."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(json.dumps(found) + "\n")


def has(kept, **like):
    """Return whether one of the findings has these values."""
    return any(all(one.get(name) == value for name, value in like.items()) for one in kept)
