"""Pictures: what is drawn, and the form it is drawn in, for files and pages alike.

A form is a description in the grammar of Vega-Lite over data that it only names: a plain dict, made
once for all pictures that look alike. A page has thousands of them in a second, each its figures
alone; :mod:`rnnbench.report.pictures.drawing` draws files. Names and texts from results files stand
in data and titles, never in a field name or an expression.
"""

from typing import Literal

#: What a picture shows.
KindName = Literal[
    "time",
    "learning",
    "score",
    "to-target",
    "over-length",
    "peak",
    "memory",
    "scaling",
    "latency",
    "gradient-flow",
    "attention",
]
