"""What griffe, which reads the reference from the sources, has to be told of our docstrings.

The comments ``#:`` above fields are their docstrings; roles such as ``:class:`` become code.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import griffe

ROLE = re.compile(r":\w+:`(~?)([^`]+)`")


def inline(text: str) -> str:
    """Return references and literals as Markdown has them."""
    text = ROLE.sub(lambda role: f"`{role[2].rpartition('.')[2] if role[1] else role[2]}`", text)
    return text.replace("``", "`")


class Ours(griffe.Extension):
    """Reads docstrings as this project writes them."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Turn roles into code."""
        if obj.docstring:
            obj.docstring.value = inline(obj.docstring.value)

    def on_attribute_instance(
        self, *, node: ast.AST | griffe.ObjectNode, attr: griffe.Attribute, **_: Any
    ) -> None:
        """Take the comment above a field."""
        first = last = (attr.lineno or 1) - 1
        lines = attr.module.lines
        while first and lines[first - 1].lstrip().startswith("#:"):
            first -= 1
        if first < last and not attr.docstring:
            told = " ".join(line.strip()[2:].strip() for line in lines[first:last])
            attr.docstring = griffe.Docstring(inline(told), lineno=first + 1, parent=attr)
