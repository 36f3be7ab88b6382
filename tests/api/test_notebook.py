"""A notebook that is really executed: a run, its page, a table and a picture."""

import pytest


@pytest.fixture
def outputs(tmp_path, fake):
    """Execute cells; return the outputs of each."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbformat = pytest.importorskip("nbformat.v4", reason="nbformat is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    pytest.importorskip("vl_convert", reason="the extra plot is not installed")

    def executed(*cells):
        notebook = nbformat.new_notebook(cells=[nbformat.new_code_cell(cell) for cell in cells])
        client = nbclient.NotebookClient(
            notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}
        )
        client.execute()
        return [cell.outputs for cell in notebook.cells]

    return executed


def test_a_run_is_followed_and_shows_itself_and_its_tables(outputs):
    followed, [page], [table], [picture], [refused] = outputs(
        "import rnnbench as rb\n"
        "run = rb.run(suite='tiny', backends='fake:good', cells='gru', max_time=0.1,\n"
        "             name='first', no_wait=True)",
        "run",
        "run.table()",
        "run.plot('learning')",
        "try:\n    rb.run(hiden=3)\nexcept TypeError as error:\n    print(error)",
    )
    drawn = [one for one in followed if one.output_type == "display_data"]
    assert len(drawn) == 1  # in one place, which is empty at the end
    assert drawn[0]["data"] == {"text/plain": "", "text/html": ""}
    told = "".join(one["text"] for one in followed if one.output_type == "stream")
    assert "results in results/first/results.jsonl" in told
    assert page["data"]["text/html"].startswith('<iframe sandbox="allow-scripts"')
    assert page["data"]["text/plain"].startswith("<Run first: first · rnnbench")
    assert "<table>" in table["data"]["text/html"]
    assert picture["data"]["image/svg+xml"].startswith("<svg")
    assert "'hiden'" in refused["text"]
