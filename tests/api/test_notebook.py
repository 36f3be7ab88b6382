"""A notebook that is really executed: a run, its page and a table."""

import sys

import pytest

RUN = (
    "!{python} -m rnnbench run --suite tiny --backends fake:good"
    " --max-time 0.1 --name first --no-wait"
)


@pytest.fixture
def outputs(tmp_path, fake):
    """Execute cells; return the outputs of each."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbformat = pytest.importorskip("nbformat.v4", reason="nbformat is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")

    def executed(*cells):
        notebook = nbformat.new_notebook(cells=[nbformat.new_code_cell(cell) for cell in cells])
        client = nbclient.NotebookClient(
            notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}
        )
        client.execute()
        return [cell.outputs for cell in notebook.cells]

    return executed


def test_a_run_is_followed_and_shows_itself_and_its_tables(outputs):
    ran, _, [page], [table] = outputs(
        RUN.format(python=sys.executable),
        "import rnnbench as rb; run = rb.load('first')",
        "run",
        "run.table()",
    )
    text = "".join(one["text"] for one in ran)
    assert "% starting fake:good" in text
    assert "\x1b[1A" not in text  # which a notebook can't follow
    assert "results in results/first/results.jsonl" in text
    assert page["data"]["text/html"].startswith('<iframe sandbox="allow-scripts"')
    assert page["data"]["text/plain"].startswith("<Run first: first · rnnbench")
    assert "<table>" in table["data"]["text/html"]
