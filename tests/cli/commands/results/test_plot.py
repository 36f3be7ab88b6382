"""``rnnbench plot``."""

import re
from pathlib import Path

import pytest
from parroting import parrot_file
from pictured import scaling
from reversing import model, reversing_file
from specimens import RECORDS

from rnnbench.results import codec


@pytest.fixture
def run(tmp_path):
    """A results file in the folder of its run."""

    def written(records=RECORDS, name="some-run"):
        path = tmp_path / "results" / name / "results.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"".join(map(codec.encode, records)))
        return path

    return written


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    pytest.importorskip("vl_convert")
    monkeypatch.chdir(tmp_path)


def test_a_picture_is_named_after_its_run_and_what_it_shows(cli, run, tmp_path):
    run()
    assert cli("plot") == (0, "", "drawn: some-run-time.svg\n")
    assert (tmp_path / "some-run-time.svg").read_text().startswith("<svg")
    assert cli("plot", "--kind", "learning").err == "drawn: some-run-learning.svg\n"


def test_a_file_that_is_called_otherwise_names_its_picture(cli, run, tmp_path):
    run().rename("monday.jsonl")
    assert cli("plot", "monday.jsonl").err == "drawn: monday-time.svg\n"
    assert cli("plot", "../" + tmp_path.name + "/monday.jsonl").err == "drawn: monday-time.svg\n"
    Path("monday.jsonl").rename("results.jsonl")
    assert cli("plot", "results.jsonl").err == f"drawn: {tmp_path.name}-time.svg\n"


def test_of_a_scaling_run_it_is_how_costs_grow(cli, run):
    run(list(scaling()))
    assert cli("plot").err == "drawn: some-run-scaling.svg\n"


def test_gradient_flow_is_drawn_from_its_file(cli, tmp_path):
    few = ("--cells", "elman", "--length", "3", "--hidden", "2", "--radius", "0.5,1.5")
    assert cli("gradient-flow", *few, "--output", "flow.json").code == 0
    assert cli("plot", "flow.json").err == "drawn: flow-gradient-flow.svg\n"
    assert "spectral radius" in (tmp_path / "flow-gradient-flow.svg").read_text()
    (tmp_path / "flow.json").write_text("{}")
    ended = cli("plot", "flow.json", "--kind", "gradient-flow")
    assert ended.err == "rnnbench: flow.json: this is no file of rnnbench gradient-flow\n"


def test_attention_is_drawn_from_the_weights_of_a_net(cli, tmp_path):
    own = model()
    path = reversing_file(tmp_path, own, own.initial(0))
    assert cli("plot", path, "--prompt", "abcb").err == "drawn: reversing-attention.svg\n"
    assert "attention" in (tmp_path / "reversing-attention.svg").read_text()
    ended = cli("plot", path)
    assert (ended.code, ended.out) == (2, "")
    assert "needs what the net reads" in ended.err
    assert "'x': not among the 3" in cli("plot", path, "--prompt", "xa").err
    assert "this net has no attention" in cli("plot", parrot_file(tmp_path), "--prompt", "a").err


def test_a_prompt_is_for_attention_alone(cli, run):
    run()
    assert "--prompt is for --kind attention" in cli("plot", "--prompt", "a").err
    assert "-p is for --kind attention" in cli("plot", "-p", "parroting").err
    assert "saved no weights" in cli("plot", "--kind", "attention", "--prompt", "a").err


def test_a_page_of_pictures_needs_nothing_but_itself(cli, run, tmp_path):
    run()
    assert cli("plot", "--output", "a.html") == (0, "", "")
    assert cli("plot", "--output", "a.html").code == 0  # over an earlier one
    text = re.sub(r"<script>.*?</script>", "", (tmp_path / "a.html").read_text(), flags=re.DOTALL)
    assert "default-src &#39;none&#39;" in text
    assert not re.search(r"<(link|img|iframe)|\ssrc=", text)
    assert text.count(',"form":') == 1
    assert "fake:raises failed: RuntimeError: broken" in text


def test_an_earlier_picture_is_written_over_and_nothing_else(cli, run, tmp_path):
    run()
    assert cli("plot", "--output", "a.png").code == 0
    assert cli("plot", "--output", "a.png") == (0, "", "")
    (tmp_path / "b.svg").write_text("mine")
    assert "something else than an earlier picture" in cli("plot", "--output", "b.svg").err
    assert (tmp_path / "b.svg").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "mine"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("a.html", b'<!doctype html>\n<html lang="en">\n<title>mine</title>'),
    ],
)
def test_a_picture_of_somebody_else_is_not_written_over(cli, run, tmp_path, name, mine):
    run()
    assert cli("plot", "--output", name).code == 0
    assert cli("plot", "--output", name) == (0, "", "")
    (tmp_path / name).write_bytes(mine)
    assert "something else than an earlier picture" in cli("plot", "--output", name).err
    assert (tmp_path / name).read_bytes() == mine


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--output", "a.pdf"), "--output a.pdf: its name ends in .svg, .png or .html"),
        (("--output", "a.html", "--theme", "dark"), "--theme is for .svg and .png"),
        (
            ("--kind", "gradient-flow"),
            "--kind gradient-flow: it is drawn from a file",
        ),
        (("--kind", "scaling"), "--kind scaling: it is no run of rnnbench scale: results/"),
        (("--output", "no/where.svg"), "--output no/where.svg: No such file or directory"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(cli, run, options, error):
    run()
    ended = cli("plot", *options)
    assert ended.code == 2
    assert ended.err.startswith(f"rnnbench: {error}")
    assert ended.err.count("\n") == 1
