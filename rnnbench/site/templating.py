"""Templates, and what stands in them: escaped texts, and data that can't end their element."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import msgspec

from rnnbench.errors import UsageError
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.tables import Cell, Column, Quantity
from rnnbench.text import plain

if TYPE_CHECKING:
    from jinja2 import Environment

#: What could end a script or begin a comment, and what JavaScript once took for line ends.
DANGEROUS = re.compile("[<>&\u2028\u2029]")


@cache
def environment() -> Environment:
    """Return the templates.

    Raises:
        UsageError: if the library is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise UsageError("pages need an extra: pip install 'rnnbench[plot]'") from None
    found = Environment(
        loader=PackageLoader("rnnbench.site"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=seen,
    )
    found.filters["as_data"] = as_data
    found.globals |= {
        "attributes": attributes,
        "cell_text": cell_text,
        "heading_of": heading_of,
        "is_number": is_number,
    }
    return found


def seen(value: Any) -> Any:
    """Return what a template prints, with what can't be seen in a text as escapes."""
    from markupsafe import Markup

    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def as_data(found: Any) -> Any:
    """Return plain objects as JSON that stands in a ``<script type="application/json">``."""
    from markupsafe import Markup

    text = msgspec.json.encode(found).decode()
    return Markup(DANGEROUS.sub(lambda one: f"\\u{ord(one[0]):04x}", text))


def attributes(column: Column, cell: Cell) -> Any:
    """Return the attributes of a cell: its classes, and the figure that it is sorted by."""
    from markupsafe import Markup

    if not is_number(column):
        return ""
    figure = cell.value if isinstance(cell, Quantity) else None
    best = " best" if isinstance(cell, Quantity) and cell.best else ""
    value = "" if figure is None else f"{figure:.9g}"
    return Markup(f' class="number{best}" data-value="{value}"')


def is_number(column: Column) -> bool:
    """Return whether a column has figures."""
    return column.kind in ("count", "figure", "estimate")


@cache
def asset(name: str) -> str:
    """Return a file of :mod:`rnnbench.site` that pages need."""
    return (resources.files("rnnbench.site") / "assets" / name).read_text(encoding="utf-8")


def policy(scripts: Sequence[str] = (), styles: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a page.

    Args:
        scripts: that stand in the page, none where they are files beside it.
        styles: likewise.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {sources(scripts)}",
            f"style-src {sources(styles)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def sources(texts: Sequence[str]) -> str:
    """Return what a policy allows: some texts by their hashes, or what lies beside the page."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return " ".join(f"'sha256-{one}'" for one in hashes) or "'self'"
