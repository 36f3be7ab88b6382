"""The comparisons of a site: which runs stand in its tables, and in its list."""

import dataclasses

import pytest
from msgspec.structs import replace
from published import LARGE, run, sources
from specimens import FAST, PLANNED, RECORDS, SLOW

from rnnbench.report.publish.selection import Selection
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.site.comparisons import entries

pytest.importorskip("jinja2")


def of(rows, name, day, **fields):
    """Return the records of a run that has measured these rows alone."""
    made = []
    for one in RECORDS:
        if isinstance(one, Run):
            plan = replace(one.plan, rows=list(rows))
            started = f"2026-01-{day:02}T03:04:05+00:00"
            one = replace(one, run=name, name=name, started=started, plan=plan, **fields)
        elif isinstance(one, Timing):
            one = replace(one, rows=[row for row in one.rows if row.row in rows])
        elif isinstance(one, Training) and one.row not in rows:
            continue
        made.append(one)
    return made


def shorter(process):
    """Return what a process was timed, with two blocks alone: too few for an interval."""
    names = ("steps", "forwards", "first_steps", "first_forwards")
    return replace(process, **{name: getattr(process, name)[:2] for name in names})


def entry(*records):
    (found,) = entries(sources(*records), Selection())
    return found


def called(blocks):
    return [(source.made.called, source.label) for source, _ in blocks]


def listed(found):
    from rnnbench.site.tables import lists

    table = lists.comparisons([found])
    keys = [column["key"] for column in table["columns"]]
    for _, *cells in table["rows"]:
        line = dict(zip(keys, cells, strict=True))
        yield line["fastest"], line["rows"][1], line["run"], line["machine"][:9]


def test_a_newer_run_of_all_rows_replaces_the_one_before():
    found = entry(of([FAST, SLOW], "old", 1), of([SLOW, FAST], "new", 2))
    assert called(found.newest) == [("new", "")]
    assert list(listed(found)) == [("fake:good", 2, "new", "some CPU,")]


def test_a_newer_run_of_some_rows_leaves_the_others_where_they_are():
    """Or a quick try of one row would hide what everybody compares it with."""
    found = entry(of([FAST, SLOW], "all", 1), of([SLOW], "again", 2))
    assert called(found.newest) == [("all", "all"), ("again", "again")]
    assert list(listed(found)) == [
        ("fake:good", 2, "all", "some CPU,"),
        ("fake:second", 1, "again", "some CPU,"),
    ]
    assert len(found.table.rows) == 3


def test_each_machine_has_a_line_and_its_own_runs():
    other = {"machine": LARGE}
    found = entry(
        of([FAST], "old", 1, **other), of([SLOW], "small", 2), of([FAST], "new", 3, **other)
    )
    places = [source.made.place for source, _ in found.newest]
    assert called(found.newest) == [("small", places[0]), ("new", places[1])]
    assert list(listed(found)) == [
        ("fake:second", 1, "small", "some CPU,"),
        ("fake:good", 1, "new", "large CPU"),
    ]


def test_a_row_has_one_colour_in_all_runs_and_in_their_history():
    from rnnbench.site.comparisons import drawn
    from rnnbench.site.history import history

    found = entry(of([FAST, SLOW], "all", 1), of([SLOW], "again", 2))
    pictures = [comparison for _, comparison in drawn(found, found.newest)]
    assert [one.names for one in pictures] == [("fake:good", "fake:second")] * 2
    form = history(found).pictures[0].panel.form.description
    scales = [
        layer["encoding"]["color"]["scale"]
        for layer in form["layer"]
        if "scale" in layer["encoding"].get("color", {})
    ]
    assert {tuple(scale["domain"]) for scale in scales} == {("fake:good", "fake:second")}


def test_rows_of_several_comparisons_share_colours_as_long_as_there_are_some():
    gru = [replace(one, comparison=replace(one.comparison, cell="gru")) for one in (PLANNED,)]
    both = sources(run(records=of([FAST], "one", 1)), run(run="two", name="two", planned=gru))
    found = entries(both, Selection())
    assert [one.names for one in found] == [("fake:good", "fake:raises", "fake:second")] * 2


def test_where_there_are_more_rows_than_colours_those_of_a_run_have_different_ones():
    found = entry(of([FAST, SLOW], "all", 1))
    many = dataclasses.replace(found, beside=[f"other:{number}" for number in range(5)])
    assert many.names == ()
    assert found.names == ("fake:good", "fake:second")


def test_a_run_that_could_not_be_ranked_names_no_time_either():
    def cut(one):
        if not isinstance(one, Timing):
            return one
        rows = [replace(row, processes=list(map(shorter, row.processes))) for row in one.rows]
        return replace(one, rows=rows, rounds=one.rounds[:2])

    found = entry([cut(one) for one in of([FAST, SLOW], "short", 1)])
    (line,) = list(listed(found))
    assert line[0] == "–"
    from rnnbench.site.tables import lists

    assert lists.comparisons([found])["rows"][0][5] == "–"
