"""Progress in the output of a cell, and none in a script."""

import logging

import pytest
from rich.text import Text

from rnnbench.api.options.audiences import audience_of
from rnnbench.report.progress import in_notebook
from rnnbench.report.progress.display import Terminal
from rnnbench.report.progress.silent import Quiet


@pytest.fixture
def shown(monkeypatch):
    """What the output of a cell shows, one after the other."""
    display = pytest.importorskip("IPython.display", reason="IPython is not installed")
    found = []

    class Place:
        def update(self, data, raw):
            found.append(data)

    def show(data, raw, display_id):
        found.append(data)
        return Place()

    monkeypatch.setattr(display, "display", show)
    return found


def test_a_cell_shows_one_text_after_the_other_in_one_place(shown):
    cell = in_notebook.CellOutput()
    cell.start()
    cell.update(Text("50 % timing <b>", style="bold"), refresh=True)
    cell.update(Text(""))
    assert [one["text/plain"] for one in shown] == ["", "50 % timing <b>", ""]
    assert "50 % timing &lt;b&gt;" in shown[1]["text/html"]
    assert "font-weight: bold" in shown[1]["text/html"]


def test_a_display_is_drawn_there(shown):
    with in_notebook.Notebook().display([], 1) as view:
        view.stage("starting fake:good")
    assert any("starting fake:good" in one["text/plain"] for one in shown)
    assert shown[-1]["text/plain"] == ""


def test_a_script_is_told_nothing_but_by_its_logger(caplog, capfd):
    quiet = audience_of(None)
    with caplog.at_level(logging.INFO, "rnnbench"), quiet.display([], 1) as view:
        view.stage("starting fake:good")
        quiet.tell("left out:\x1b[1m ghost")
    assert caplog.messages == ["left out:\\x1b[1m ghost"]
    assert capfd.readouterr() == ("", "")


def test_progress_is_shown_where_it_is_asked_for_and_at_a_prompt(monkeypatch):
    assert isinstance(audience_of(True), Terminal)
    monkeypatch.setattr("sys.ps1", ">>> ", raising=False)
    assert isinstance(audience_of(None), Terminal)
    assert isinstance(audience_of(False), Quiet)
    given = Terminal()
    assert audience_of(given) is given
