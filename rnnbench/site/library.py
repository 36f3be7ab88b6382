"""The library that draws pictures in a page, with its licences."""

from __future__ import annotations

from rnnbench.report.pictures.drawing import VERSION, need_library
from rnnbench.site.templating import asset

#: What of the libraries pages use.
EXPORTED = "window.vegaEmbed = vegaEmbed;"


def javascript() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, below the licences of all its parts.

    It defines ``vegaEmbed``. All of it stands in a block, as its other names would be everybody's.

    Raises:
        UsageError: if it is not installed.
    """
    need_library()
    import vl_convert

    bundle = vl_convert.javascript_bundle(EXPORTED, vl_version=VERSION)
    return f"/*\n{asset('LICENCES.txt')}*/\n{{\n{bundle}\n}}\n"
