"""The tables of a site on what was run where."""

from dataclasses import replace as with_fields

import pytest
from msgspec.structs import replace
from published import run, sources

from rnnbench.report.numbers import cell_text
from rnnbench.site.tables import places
from rnnbench.site.tables.grids import grid


@pytest.fixture
def ended():
    """The rows of a run, which have ended in so many ways."""

    def made(*ends, error=1.2e-7):
        (one,) = sources(run())
        rows = [replace(one.results[0], status=end, parity_error=error) for end in ends]
        return [with_fields(one, results=rows)]

    return made


def told(table):
    """Return what stands in the only row, by the names of the columns."""
    (cells,) = table.rows
    return dict(zip((one.title for one in table.columns), map(cell_text, cells), strict=True))


@pytest.mark.parametrize(
    ("ends", "ok", "others"),
    [
        (["ok", "ok"], "2", "–"),
        (["ok", *["unsupported"] * 4, "ok"], "2", "4 unsupported"),
        (
            ["unsupported", "failed", "ok", "failed", "timeout"],
            "1",
            "2 failed, 1 timeout, 1 unsupported",
        ),
    ],
)
def test_systems_say_how_rows_ended_that_are_not_ok(ended, ends, ok, others):
    found = told(places.systems(ended(*ends)))
    assert (found["rows"], found["ok"], found["others"]) == (str(len(ends)), ok, others)


def test_errors_of_systems_are_figures_that_are_aligned_and_sorted(ended):
    page = grid(places.systems(ended("ok")), "Systems")
    assert '<td class="number" data-value="1.2e-07">1.2e-07</td>' in page
    assert '<th scope="col" data-key="error, at most" class="number">error' in page
    assert told(places.systems(ended("ok", error=0.0)))["error"] == "0.0e+00"
    assert told(places.systems(ended("failed")))["error"] == "–"
