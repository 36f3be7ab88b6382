"""Rows under the profiler of their framework."""

import json

import pytest
from commands import rnnbench

ECHO = ("--task", "echo", "--hidden", "3", "--no-wait")


def test_rows_are_profiled_and_those_that_can_not_are_told(fake_module, tmp_path):
    rows, folder = ("fake:good", "fake:wrong", "fake:unsupported"), tmp_path / "traces"
    ended = rnnbench("profile", *rows, *ECHO, "--steps", "3", "--output", folder)
    assert ended.code == 1
    assert "profile · echo · lstm · T 3" in ended.out
    assert "mismatch: " in ended.out
    assert "unsupported: fakes can't do this" in ended.out
    _, line = (
        line.split() for line in ended.out.splitlines() if line.lstrip()[:4] in ("step", "add ")
    )
    assert line[:2] == ["add", "0.667"]
    assert float(line[3]) == pytest.approx(25, abs=1)
    (trace,) = folder.glob("*.json")
    assert f"trace:{trace},5events" in "".join(ended.out.split())  # however it was broken
    assert len(json.loads(trace.read_bytes())["traceEvents"]) == 5


def test_scripts_get_json(fake_module, tmp_path):
    ended = rnnbench("profile", "fake", *ECHO, "--output", tmp_path / "new" / "one", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    (row,) = found["rows"]
    assert (row["row"], row["status"], row["steps"]) == ("fake:good", "ok", 5)
    assert [one["operation"] for one in row["operations"]] == ["step", "add"]
    assert (row["of_peak"] is None) == (found["peak_gflops"] is None)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["nope"], "nope"),
        (["fake", "--cell", "nope"], "nope"),
        (["fake", "--steps", "0"], "--steps"),
        (["fake", "--device", "gpu:7"], "no backend has the device 'gpu:7' here"),
    ],
)
def test_what_can_not_be_done_leaves_no_folder(cli, fake, tmp_path, asked, told):
    ended = cli("profile", *asked, *ECHO, "--output", tmp_path / "new")
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not list(tmp_path.iterdir())


def test_what_is_there_stays(cli, fake, tmp_path):
    (tmp_path / "file").write_text("mine")
    for output, told in ((tmp_path / "file", "File exists"), (tmp_path, "it is not empty")):
        ended = cli("profile", "fake", *ECHO, "--output", output)
        assert (ended.code, ended.out) == (2, "")
        assert f"--output {output}: {told}" in ended.err
    assert (tmp_path / "file").read_text() == "mine"
