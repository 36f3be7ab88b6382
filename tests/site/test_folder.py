"""The overview of a site."""

from types import SimpleNamespace

import pytest

from rnnbench.site import folder


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (1, [("1", "comparison"), ("2", "rows"), ("1", "run"), ("1", "machine")]),
        (2, [("1", "comparison"), ("4", "rows"), ("2", "runs"), ("2", "machines")]),
    ],
)
def test_one_is_not_counted_as_many(runs, said):
    sources = [
        SimpleNamespace(results=["a row", "another"], made=SimpleNamespace(place=f"machine {k}"))
        for k in range(runs)
    ]
    assert folder.figures(sources, ["a comparison"]) == said
