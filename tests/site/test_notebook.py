"""A run and its tables in a notebook."""

import html
import re

import pytest
from pictured import HOSTILE, hostile
from specimens import RECORDS

from rnnbench.errors import UsageError
from rnnbench.results import codec
from rnnbench.site import notebook


@pytest.fixture
def load(tmp_path):
    """Write records as a run, and load it."""
    pytest.importorskip("jinja2")

    def loaded(records=RECORDS):
        path = tmp_path / "results" / "some-run" / "results.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"".join(map(codec.encode, records)))
        return notebook.load("some-run", tmp_path / "results")

    return loaded


def formatted(found):
    """Return what a notebook is given of an object, by the kind of output."""
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")
    return formatters.DisplayFormatter().format(found)[0]


def test_a_run_shows_its_page_in_a_frame(load, tmp_path):
    shown = formatted(load())
    assert shown["text/plain"].startswith("rnnbench 0.1.0 · fake 1.2 · some CPU")
    frame = shown["text/html"]
    assert re.fullmatch(r'<iframe sandbox="allow-scripts" srcdoc="[^"]*" [^<>]*></iframe>', frame)
    page = html.unescape(re.search('srcdoc="([^"]*)"', frame)[1])
    assert '<td class="number best" data-value="2">2.0 ±0.1</td>' in page


def test_a_table_shows_itself(load):
    [table] = load().tables
    shown = formatted(table)["text/html"]
    assert "fake:good" in shown
    assert "2.0 ±0.1" in shown
    assert "fake:raises failed: RuntimeError: broken" in shown


def test_the_pictures_of_a_frame_are_drawn(load, visit, tmp_path):
    (tmp_path / "cell.html").write_text(load()._repr_html_())
    frame = visit(tmp_path / "cell.html").frame_locator("iframe")
    figure = frame.locator("figure.picture").first
    figure.scroll_into_view_if_needed()
    figure.locator("svg").wait_for()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strangers_texts_are_texts(load, text):
    [table] = load(list(hostile(text))).tables
    assert text not in table._repr_html_() or not set("<>&") & set(text)


def test_a_run_that_is_not_there_is_said_as_on_the_command_line(tmp_path):
    with pytest.raises(UsageError, match="no run"):
        notebook.load("other", tmp_path)
