"""Scaling runs on pages: what was measured, the fits, and the curves."""

from pictured import SIZES, scaling
from sites import write

from rnnbench.report.tables import Column, Table
from rnnbench.site.page_sections import filled


def test_a_site_has_a_page_of_its_scaling_runs(tmp_path):
    public = write(tmp_path / "public", [list(scaling())])
    page = (public / "scaling.html").read_text()
    assert page.count('<th scope="row">fake:second</th>') == len(SIZES) + 3  # points, and fits
    assert page.count(',"form":') == 3  # training step, forward, memory
    assert "exponent" in page
    assert 'href="scaling.html"' in (public / "index.html").read_text()


def test_a_site_without_scaling_runs_has_no_such_page(site):
    assert not (site / "scaling.html").exists()
    assert "scaling.html" not in (site / "index.html").read_text()


def test_a_row_keeps_its_name_when_it_is_sorted():
    rows = [["a", 1], ["", 2], ["b", 1], ["", 2]]
    found = filled(Table("", "", [Column("row", ""), Column("n", "n")], rows))
    assert [row[0] for row in found.rows] == ["a", "a", "b", "b"]
