"""``rnnbench publish --format html`` and ``--format site``."""

import errno
import os
import re
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from pictured import HOSTILE, hostile
from specimens import KEY, RECORDS

from rnnbench.errors import UsageError
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import source
from rnnbench.results import codec
from rnnbench.site import folder, pages, templating
from rnnbench.site.templating import DANGEROUS


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run made by hand, in the folder of runs."""
    pytest.importorskip("jinja2")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "results" / "some-run" / "results.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(map(codec.encode, RECORDS)))
    return path


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_page_needs_nothing_but_itself(cli, run, tmp_path):
    assert cli("publish", "--format", "html", "--output", "a.html") == (0, "", "")
    text = re.sub(r"<script>.*?</script>", "", (tmp_path / "a.html").read_text(), flags=re.DOTALL)
    assert "default-src &#39;none&#39;; script-src &#39;sha256-" in text
    assert not re.search(r"<(link|img|iframe)|\ssrc=", text)
    assert '<td class="number best" data-value="2">2.0 ±0.1</td>' in text
    assert cli("publish", "--format", "html", "--output", "a.html").code == 0  # over an earlier one


def test_a_page_has_the_rows_of_all_runs_of_a_comparison(cli, run, tmp_path):
    again = [replace(one, run="r2") for one in RECORDS]
    other = run.parent.parent / "again" / "results.jsonl"
    other.parent.mkdir()
    other.write_bytes(b"".join(map(codec.encode, again)))
    asked = ("publish", "results/", "--output", "a.html", "--format", "html")
    assert cli(*asked) == (0, "", "")
    text = (tmp_path / "a.html").read_text()
    assert text.count('<td class="number best" data-value="2">2.0 ±0.1</td>') == 2
    assert "runs were not measured side by side" in text


def test_a_site_has_a_page_per_comparison_and_the_raw_data(cli, run, tmp_path):
    assert cli("publish", "results/", "--format", "site", "--output", "public/") == (0, "", "")
    found = files(tmp_path / "public")
    assert {"index.html", "rows.html", "runs.html", f"comparisons/{KEY}.html"} <= found
    assert {"data/rows.csv", "assets/vega.js"} <= found
    [raw] = [name for name in found if name.endswith(".jsonl")]
    assert (tmp_path / "public" / raw).read_bytes() == run.read_bytes()
    assert "Mike Bostock" in (tmp_path / "public" / "assets" / "vega.js").read_text()


def test_a_site_replaces_an_earlier_one_and_nothing_else(cli, run, tmp_path):
    public = tmp_path / "public"
    publish = ("publish", "results/", "--format", "site", "--output", "public")
    cli(*publish)
    stale = public / "comparisons" / "000000000000.html"
    stale.write_text("stale")
    (public / "CNAME").write_text("mine")
    with (public / "files.txt").open("a") as names:
        names.write("comparisons/000000000000.html\n../results/some-run/results.jsonl\n")
    assert cli(*publish).code == 0
    assert not stale.exists()
    assert (public / "CNAME").read_text() == "mine"
    assert run.exists()
    (public / "files.txt").unlink()
    ended = cli(*publish)
    assert ended.code == 2
    assert "--output public: this folder holds something else than an earlier site" in ended.err


def test_a_list_of_somebody_else_makes_no_site_of_a_folder(cli, run, tmp_path):
    public = tmp_path / "public"
    public.mkdir()
    for name, text in (("thesis.tex", "dear"), ("files.txt", "thesis.tex\n")):
        (public / name).write_text(text)
    ended = cli("publish", "results/", "--format", "site", "--output", "public")
    assert ended.code == 2
    assert "this folder holds something else than an earlier site" in ended.err
    assert files(public) == {"thesis.tex", "files.txt"}


def test_a_site_is_not_written_through_links_that_lead_out_of_it(cli, run, tmp_path):
    publish = ("publish", "results/", "--format", "site", "--output", "public")
    cli(*publish)
    (tmp_path / "thesis.html").write_text("dear")
    (tmp_path / "public" / "rows.html").unlink()
    (tmp_path / "public" / "rows.html").symlink_to(tmp_path / "thesis.html")
    ended = cli(*publish)
    assert ended.code == 2
    assert "--output public: rows.html is a link that leads out of it" in ended.err
    assert (tmp_path / "thesis.html").read_text() == "dear"


def test_a_site_that_was_broken_off_is_written_again(tmp_path, run, monkeypatch):
    def broken_off(*_):
        yield "index.html", b"half"
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "beside", broken_off)
        with pytest.raises(UsageError, match="No space left"):
            pages.write_site(tmp_path / "public", [], [], Selection(), None)
    read = [source(RECORDS)]
    pages.write_site(tmp_path / "public", read, [(read[0], run)], Selection(), None)
    assert (tmp_path / "public" / "rows.html").exists()


def test_a_file_that_no_earlier_site_has_is_not_written_over(cli, run, tmp_path):
    publish = ("publish", "results/", "--format", "site", "--output", "public")
    public = tmp_path / "public"
    public.mkdir()
    (public / "files.txt").write_text(f"{pages.MARK}\n")
    (public / "runs.html").write_text("dear")
    ended = cli(*publish)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "--output public/runs.html: this is of no earlier site; remove it" in ended.err
    assert (public / "runs.html").read_text() == "dear"
    again = cli(*publish)
    assert (again.code, again.err) == (2, ended.err)  # however often it is tried
    assert (public / "runs.html").read_text() == "dear"
    (public / "runs.html").unlink()
    assert cli(*publish).code == 0
    (public / "runs.html").unlink()
    os.mkfifo(public / "runs.html")
    ended = cli(*publish)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "--output public/runs.html: a pipe or a socket that nobody reads" in ended.err


def test_a_page_that_stands_there_already_is_taken_as_it_is(tmp_path):
    (tmp_path / pages.LIST).touch()
    some = [("a.html", b"one"), ("b/c.html", b"two")]
    assert pages.put(tmp_path, some[:1], set()) == ["a.html"]
    assert pages.put(tmp_path, some, set()) == ["a.html", "b/c.html"]
    with pytest.raises(UsageError, match=r"a\.html: this is of no earlier site"):
        pages.put(tmp_path, [("a.html", b"another")], set())
    assert (tmp_path / "a.html").read_bytes() == b"one"


def test_pages_that_are_as_they_were_are_not_written_again(cli, run, tmp_path):
    publish = ("publish", "results/", "--format", "site", "--output", "public")
    assert cli(*publish).code == 0
    pages_ = [file for file in (tmp_path / "public").rglob("*.*") if file.name != pages.LIST]
    changed = tmp_path / "public" / "rows.html"
    whole = changed.read_bytes()
    before = {file: file.stat().st_ino for file in pages_}
    changed.write_bytes(b"x" * len(whole))
    assert cli(*publish).code == 0
    after = {file: file.stat().st_ino for file in pages_}
    assert [file for file in pages_ if after[file] != before[file]] == [changed]
    assert changed.read_bytes() == whole


def test_a_page_that_can_not_be_read_is_replaced(cli, run, tmp_path, monkeypatch):
    publish = ("publish", "results/", "--format", "site", "--output", "public")
    assert cli(*publish).code == 0
    page = tmp_path / "public" / "rows.html"
    before, read = page.stat().st_ino, Path.read_bytes

    def refused(path):
        if path.name == page.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refused)
        assert cli(*publish) == (0, "", "")
    assert page.stat().st_ino != before


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("site",), "--format site is a folder: name it by --output public/"),
        (("site", "--output", "p", "--pivot", "cell"), "--pivot makes one table: take --format"),
    ],
)
def test_what_a_site_cannot_be_is_said(cli, run, options, error):
    ended = cli("publish", "--format", *options)
    assert ended.code == 2
    assert ended.err.startswith(f"rnnbench: {error}")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strangers_text_is_escaped_wherever_it_stands(cli, run, tmp_path, text):
    run.write_bytes(b"".join(map(codec.encode, hostile(text))))
    assert cli("publish", "results/", "--format", "site", "--output", "public").code == 0
    for page in (tmp_path / "public").rglob("*.html"):
        content = page.read_text()
        assert not set(DANGEROUS) & set(text) or text not in content
        assert 'href="javascript' not in content


@pytest.mark.parametrize("form", ["html", "site"])
def test_without_the_extra_it_is_named_and_nothing_is_written(
    cli, run, tmp_path, monkeypatch, form
):
    templating.environment.cache_clear()
    for name in ("jinja2", "markupsafe"):
        monkeypatch.setitem(sys.modules, name, None)
    before = files(tmp_path)
    try:
        ended = cli("publish", "--format", form, "--output", "made")
    finally:
        templating.environment.cache_clear()
    assert ended == (2, "", "rnnbench: pages need an extra: pip install 'rnnbench[plot]'\n")
    assert files(tmp_path) == before
