"""Tables that are made when they are drawn, and drawn in two processes as in one."""

import contextlib
import io
import os

import pytest
import synthetic

from rnnbench.analysis.read_rows import rows_of
from rnnbench.report.deferred import Deferred, drawn_each
from rnnbench.report.formats import pytest_benchmark, terminal
from rnnbench.report.publish import blocks
from rnnbench.report.publish.publication import Asked, drawn
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import source
from rnnbench.report.tables import Table
from rnnbench.site import pages
from rnnbench.system import halves

MANY = list(synthetic.run(5, processes=3))


@pytest.fixture
def two_processes(monkeypatch):
    """Two items are enough for a second process."""
    monkeypatch.setattr(halves, "FEWEST", 2)
    monkeypatch.setattr(halves, "may_fork", lambda: True)


def made(number):
    return Table(str(number), "", [], [])


def deferred(count):
    return Deferred([lambda number=number: made(number) for number in range(count)])


def test_they_are_made_when_they_are_asked_for():
    found = deferred(3).and_then([made(3)])
    assert [one.title for one in found] == ["0", "1", "2", "3"]
    assert (len(found), found[-1].title, [one.title for one in found[1:3]]) == (4, "3", ["1", "2"])
    assert found[0] is not found[0]
    with pytest.raises(IndexError):
        found[4]


def test_half_of_them_are_made_in_a_child(two_processes):
    texts = drawn_each(lambda table: f"{table.title} {os.getpid()}", deferred(5))
    assert [text.split()[0] for text in texts] == ["0", "1", "2", "3", "4"]
    assert len({text.split()[1] for text in texts}) == 2


def in_all_formats(tmp_path):
    """Return everything that is made of a run, by its name."""
    run = source(MANY)
    found = {
        form: drawn([run], Selection(), Asked(form))
        for form in ("markdown", "csv", "json", "latex", "parquet")
    }
    found["labelled"] = drawn([run], Selection(), Asked("latex", label="tab", standalone=True))
    found["html"] = pages.page([run], Selection(), Asked("html"))
    exported = pytest_benchmark.export(rows_of(MANY, pytest_benchmark.ASKED))
    found["pytest-benchmark"] = "".join(pytest_benchmark.texts(exported))
    with contextlib.redirect_stdout(io.StringIO()) as found["terminal"]:
        terminal.show("heading", blocks.tables([run], Selection()))
    found["terminal"] = found["terminal"].getvalue()
    results = tmp_path / "results.jsonl"
    results.parent.mkdir()
    results.touch()
    pages.write_site(tmp_path / "site", [run], [(run, results)], Selection(), None)
    written = (file for file in (tmp_path / "site").rglob("*") if file.is_file())
    return found | {str(file.relative_to(tmp_path)): file.read_bytes() for file in written}


def test_two_processes_make_what_one_makes(tmp_path, monkeypatch, request):
    alone = in_all_formats(tmp_path / "alone")
    forked = []
    request.getfixturevalue("two_processes")
    both = halves.both
    monkeypatch.setattr(halves, "both", lambda *calls: forked.append(calls) or both(*calls))
    assert in_all_formats(tmp_path / "two") == alone
    assert len(forked) >= 6
