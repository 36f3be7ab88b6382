"""A notebook that is really executed: a run, its page, a table and a picture; and its square."""

import time

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


def test_a_net_of_a_cell_is_told_into_which_file_to_write_it(outputs):
    *_, [refused], written, [named] = outputs(
        "import rnnbench as rb\nclass Net: ...",
        "try:\n    rb.run(models=[Net])\nexcept rb.UsageError as error:\n    print(error)",
        "%%writefile mynet.py\nclass Net: ...",
        "from mynet import Net\n"
        "from rnnbench.api.options.own_nets import named\n"
        "print(*named(Net))",
    )
    assert (
        "begin its cell with %%writefile mynet.py and give models=['mynet.py:Net']"
        in (refused["text"])
    )
    assert "Writing mynet.py" in written[0]["text"]
    assert named["text"].endswith("/mynet.py:Net\n")


RUN = """
import rnnbench as rb, psutil
before = psutil.Process().children(recursive=True)
rb.run(suite="tiny", backends="fake:good", cells="gru", max_time=2, precision="0.0001%",
       name="long", no_wait=True)
"""
GO_ON = """
left = set(psutil.Process().children(recursive=True)) - set(before)
run = rb.load("long")
print(len(left), run.complete, rb.run(resume="long", no_wait=True).complete)
"""


def test_the_square_ends_a_run_that_can_be_gone_on_with(fake, tmp_path):
    manager = pytest.importorskip("jupyter_client.manager", reason="needs jupyter_client")
    kernel, client = manager.start_new_kernel(cwd=str(tmp_path))
    try:
        client.wait_for_ready(timeout=120)
        # A kernel calls off what it is asked just after an error, unless it is told not to.
        asked = client.execute(RUN, stop_on_error=False)
        results, deadline = tmp_path / "results" / "long" / "results.jsonl", time.monotonic() + 120
        while not (results.is_file() and b'"record":"peak"' in results.read_bytes()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        kernel.interrupt_kernel()
        # A kernel that was slow to start answers more than once that it is ready.
        answers = (client.get_shell_msg(timeout=120) for _ in range(100))
        answer = next(one for one in answers if one["parent_header"]["msg_id"] == asked)
        ended = answer["content"]
        assert (ended["status"], ended["ename"]) == ("error", "Interrupted")
        assert ended["evalue"] == "interrupted; go on with: rnnbench run --resume long"
        printed = []
        client.execute_interactive(GO_ON, timeout=120, output_hook=printed.append)
        told = [one["content"]["text"] for one in printed if one["msg_type"] == "stream"]
        assert "0 False True\n" in told
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
