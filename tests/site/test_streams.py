"""Streams on pages and in tables: rows that were given one step at a time."""

import pytest
from sites import again, write
from streamed import streamed

from rnnbench.errors import UsageError
from rnnbench.report.publish import publication
from rnnbench.report.publish.publication import Asked
from rnnbench.report.publish.selection import Selection, selection, some
from rnnbench.report.publish.sources import source


def test_a_site_has_a_page_of_its_streams_beside_comparisons(tmp_path):
    public = write(tmp_path / "public", [again("timed", "2026-01-03", "a" * 40), streamed()])
    page = (public / "streams.html").read_text()
    assert page.count("one step at a time</h2>") == 1
    assert page.count(',"form":') == 1
    assert "fake:raises: it has no loop" in page
    assert 'href="streams.html"' in (public / "rows.html").read_text()


def test_a_site_of_streams_alone_has_no_empty_pages(tmp_path):
    public = write(tmp_path / "public", [streamed()])
    assert not (public / "rows.html").exists()
    assert "rows.html" not in (public / "index.html").read_text()
    assert (public / "streams.html").exists()


def test_tables_of_streams_stand_in_formats_for_people():
    runs = some([source(streamed())], Selection())
    for form in ("markdown", "latex"):
        assert "99th percentile" in publication.drawn(runs, Selection(), Asked(form)).decode()
    with pytest.raises(UsageError, match="have tables of their own"):
        publication.drawn(runs, Selection(), Asked("csv"))
    with pytest.raises(UsageError, match="no row is left"):
        some([source(streamed())], selection(["status=ok"]))
