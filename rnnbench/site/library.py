"""The library that draws pictures in a page, with its licences."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from rnnbench.report.pictures.drawing import VERSION, need_library
from rnnbench.site.templating import asset

#: What of the libraries pages use.
EXPORTED = "window.vegaEmbed = vegaEmbed;"


@cache
def begun() -> Future[str]:
    """Begin to make the library, beside all else: it takes as long as a thousand pages.

    Raises:
        UsageError: if what makes it is not installed.
    """
    need_library()
    return ThreadPoolExecutor(1).submit(bundle)


def javascript() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, below the licences of all its parts.

    It defines ``vegaEmbed``. All of it stands in a block, as its other names would be everybody's.

    Raises:
        UsageError: if what makes it is not installed.
    """
    return f"/*\n{asset('LICENCES.txt')}*/\n{{\n{begun().result()}\n}}\n"


def bundle() -> str:
    """Return the libraries as one script."""
    import vl_convert

    return vl_convert.javascript_bundle(EXPORTED, vl_version=VERSION)
