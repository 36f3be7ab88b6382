"""What others have printed of a row, and where ours stands."""

import pytest
from msgspec.structs import replace
from specimens import RECORDS

from rnnbench.analysis.published_figures import printed_of, standing
from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.schema.plan import Printed
from rnnbench.schema.row import Row


def with_printed(*printed, departs=""):
    """Return the run made by hand, with figures of others beside its comparisons."""
    run, *rest = RECORDS
    planned = [replace(one, printed=list(printed), departs=departs) for one in run.plan.comparisons]
    return [replace(run, plan=replace(run.plan, comparisons=planned)), *rest]


def figure(row="", value=1.0, metric="train_step_ms"):
    return Printed(metric=metric, value=value, unit="ms", source="A Paper, table 1", row=row)


@pytest.mark.parametrize(
    ("own", "printed", "found"),
    [
        (Estimate(2.0, 1.0, 3.0), 1.0, "within"),
        (Estimate(2.0, 1.0, 3.0), 0.9, "above"),
        (Estimate(2.0, 1.0, 3.0), 3.1, "below"),
        (Estimate(2.0), 2.0, "within"),
        (0.5, 0.4, "above"),
        (None, 0.4, None),
    ],
)
def test_where_ours_stands(own, printed, found):
    assert standing(own, printed) == found


def test_what_is_printed_of_a_variant_comes_before_that_of_its_backend():
    run = with_printed(figure("", 1.0), figure("fake", 2.0), figure("fake:good", 3.0))[0]
    planned = run.plan.comparisons[0]
    rows = [Row("fake", "good", "old"), Row("fake", "wrong"), Row("torch", "fused")]
    assert [printed_of(planned, row).value for row in rows] == [3.0, 2.0, 1.0]


def test_a_row_has_what_is_printed_of_it_beside_its_own():
    measured = row_results(with_printed(figure(value=1e6)))[0]
    assert (measured.printed, measured.printed_unit) == (1e6, "ms")
    assert (measured.printed_source, measured.printed_standing) == ("A Paper, table 1", "below")
    assert row_results(RECORDS)[0].printed is None


def test_of_another_protocol_nothing_is_said():
    measured = row_results(with_printed(figure(value=1e6), departs="steps 2 instead of 9"))[0]
    assert (measured.printed, measured.printed_standing) == (1e6, None)
    assert measured.printed_departs == "steps 2 instead of 9"
