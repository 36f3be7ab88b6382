"""Templates, and what stands in them: escaped texts, and data that can't end their element."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

import msgspec

from rnnbench.errors import UsageError
from rnnbench.site.tables.grids import grid, notes
from rnnbench.text import plain

if TYPE_CHECKING:
    from jinja2 import Environment

#: What is not ASCII and yet in most texts, as it is ours.
SIGNS = "·±–×→↑↓"
#: What could end a script or begin a comment, and what JavaScript once took for line ends.
DANGEROUS = "<>&\u2028\u2029"


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
        auto_reload=False,
        finalize=seen,
    )
    found.filters["as_data"] = as_data
    found.globals |= {"grid": grid, "notes": notes}
    return found


def seen(value: Any) -> Any:
    """Return what a template prints, with what can't be seen in a text as escapes."""
    is_text = isinstance(value, str) and not hasattr(value, "__html__")  # as Markup has
    return plain(value) if is_text else value


def escaped(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as templates print them, where many pages have the same."""
    from markupsafe import escape

    return {name: escape(seen(value)) for name, value in values.items()}


def as_data(found: Any) -> Any:
    """Return objects as JSON that stands in a ``<script type="application/json">``.

    What can't be seen in a text stands there as escapes.
    """
    from markupsafe import Markup

    text = msgspec.json.encode(found).decode()
    if not is_plain(text):
        text = msgspec.json.encode(plainly(msgspec.to_builtins(found))).decode()
    for sign in DANGEROUS:
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def is_plain(encoded: str) -> bool:
    """Return whether texts as JSON are plain already, as nearly all are: it is told much sooner."""
    for sign in SIGNS:
        encoded = encoded.replace(sign, "")
    return encoded.isascii() and "\\" not in encoded and "\x7f" not in encoded


def plainly(found: Any) -> Any:
    """Return plain objects whose texts have nothing in them that can't be seen."""
    if isinstance(found, str):
        return plain(found)
    if isinstance(found, dict):
        return {key: plainly(one) for key, one in found.items()}
    if isinstance(found, list | tuple):
        return [plainly(one) for one in found]
    return found


@cache
def own_version() -> str:
    """Return the version of rnnbench."""
    return metadata.version("rnnbench")


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
