"""Why rows of many comparisons have no figures."""

from dataclasses import replace as with_fields

import pytest
from msgspec.structs import replace
from published import run, sources

from rnnbench.report.publish import pivot
from rnnbench.report.publish.reasons import failures
from rnnbench.report.publish.selection import Selection
from rnnbench.schema.row import Row

KERNEL = "{row} has no kernel for the cell {cell!r}; {other} can"


def ended(cell, row, reason, **fields):
    """Return how a row of a comparison ended."""
    (one,) = sources(run())
    told = reason.format(row=row, cell=cell, other=f"{row.split(':')[0]}:slow")
    own = replace(one.results[0], cell=cell, row=Row(*row.split(":")), reason=told)
    return one, replace(own, **{"status": "unsupported", **fields})


def told(*rows):
    """Return what is told of rows, each given as :func:`ended` takes it."""
    return list(failures([ended(*one[:3], **(one[3] if one[3:] else {})) for one in rows]))


def test_reasons_that_differ_in_the_cell_alone_stand_in_one_line():
    cells = ("jordan", "lru", "mingru")
    found = told(*((cell, f"{name}:fused", KERNEL) for cell in cells for name in ("a", "b")))
    assert found == [
        f"echo · jordan, echo · lru, echo · mingru: {name}:fused unsupported: {name}:fused has no "
        f"kernel for the cell; {name}:slow can"
        for name in ("a", "b")
    ]


def test_a_reason_of_one_cell_keeps_its_name_wherever_it_holds():
    found = told(*[("jordan", "a:fused", KERNEL, {"task": task}) for task in ("echo", "adding")])
    assert found == [
        "echo · jordan, adding · jordan: a:fused unsupported: a:fused has no kernel for the cell "
        "'jordan'; a:slow can"
    ]


def test_reasons_that_differ_in_the_row_alone_stand_in_one_line():
    reason = "{row} has no loop"
    assert told(*(("lstm", row, reason) for row in ("a:fused", "b:fused"))) == [
        "echo · lstm: a:fused, b:fused unsupported: has no loop"
    ]
    broken = [("lstm", row, "broken", {"status": "failed"}) for row in ("a:fused", "b:fused")]
    assert told(*broken) == ["echo · lstm: a:fused, b:fused failed: broken"]


@pytest.mark.parametrize(
    "other",
    [
        ("gru", "a:fused", "another reason, of {cell!r}"),
        ("gru", "a:fused", KERNEL, {"status": "failed"}),
        ("gru", "b:fused", KERNEL),
    ],
)
def test_what_differs_in_anything_else_has_lines_of_its_own(other):
    found = told(("lstm", "a:fused", KERNEL), other)
    assert len(found) == 2
    assert "'lstm'" in found[0]
    assert "'gru'" in found[1]


def test_a_network_is_named_by_its_comparison_too_and_nothing_else_is_left_out():
    reason = "{row} has no kernel for the network 'tcn', nor for 'jordan'"
    found = told(
        ("", "a:fused", reason, {"network": "tcn"}),
        ("", "a:fused", reason.replace("tcn", "conv"), {"network": "conv"}),
    )
    words = "a:fused has no kernel for the network, nor for 'jordan'"
    assert found == [f"echo · tcn, echo · conv: a:fused unsupported: {words}"]


def test_they_stand_below_a_pivot():
    (one,) = sources(run())
    rows = [ended(cell, "a:fused", KERNEL)[1] for cell in ("lru", "jordan")]
    results = [*one.results, *rows]
    found = pivot.table([with_fields(one, results=results)], "backend", ["score"], Selection())
    assert sum("unsupported" in line for line in found.notes) == 1
