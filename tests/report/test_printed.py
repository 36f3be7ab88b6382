"""Figures of others in the tables, in every format."""

import pytest
from msgspec.structs import replace
from rendering import tables
from specimens import RECORDS

from rnnbench.analysis.run_results import row_results
from rnnbench.report.formats import markdown
from rnnbench.report.formats.latex import document
from rnnbench.report.formats.latex.style import Style
from rnnbench.report.numbers import cell_text

STRANGE = "A <b>Paper</b> | table \x1b[31m1"


@pytest.fixture
def results():
    """The rows of the run made by hand, as if others had printed some figure of each."""

    def call(**changes):
        printed = {"printed": 0.5, "printed_metric": "train_step_ms", "printed_unit": "ms"}
        printed |= {"printed_source": STRANGE, "printed_standing": "above"}
        return [replace(one, **printed | changes) for one in row_results(RECORDS)]

    return call


def test_there_are_two_more_columns_where_something_is_printed(results):
    titles = [column.title for column in tables(results())[0].columns]
    assert titles[-2:] == ["printed train step", "ours is"]
    assert "ours is" not in [c.title for c in tables(row_results(RECORDS))[0].columns]


def test_the_unit_is_told_where_the_first_row_has_no_printed_figure(results):
    first, *others = results()
    nothing = {"printed": None, "printed_metric": None, "printed_unit": None}
    column = tables([replace(first, **nothing), *others])[0].columns[-2]
    assert (column.title, column.unit) == ("printed train step", "ms")


def test_a_printed_score_is_named_like_ours(results):
    first = results(printed_metric="score")
    column = tables(first)[0].columns[-2]
    assert (column.title, column.unit) == (f"printed {first[0].score_name}", "")


def test_another_protocol_is_told_in_the_row_and_below(results):
    apart = {"printed_departs": "delay 60 instead of 1000", "printed_standing": None}
    table = tables(results(**apart))[0]
    assert {row[-1] for row in table.rows} == {"other protocol"}
    assert "another protocol than that of what is printed: delay 60 instead of 1000" in table.notes


@pytest.mark.parametrize(
    "figure", ["0.0002", "1.234", "78.93", "707.104", "0.000053", "11", "10000000"]
)
def test_the_figure_of_others_has_the_digits_that_they_have_printed(results, figure):
    table = tables(results(printed=float(figure)))[0]
    assert {cell_text(row[-2]) for row in table.rows} == {figure}
    assert f" {figure} |" in markdown.render_table(table)
    assert f"& {figure} &" in document.render([table], Style())


def test_a_source_is_no_markup(results):
    drawn = markdown.render_table(tables(results())[0])
    assert "<b>" not in drawn
    assert "\x1b" not in drawn
