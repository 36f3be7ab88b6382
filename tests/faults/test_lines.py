"""Every line can be read, and belongs to its run."""

import json

import pytest
from commands import rnnbench
from msgspec.structs import replace
from small_runs import SUITE
from specimens import RUN, TRAINED

from rnnbench.errors import ResultsError
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer


def test_a_record_that_could_not_be_read_is_not_written(tmp_path):
    path = tmp_path / folders.FILE
    odd = [
        replace(TRAINED, score=float("nan")),
        replace(TRAINED, reason="\ud800"),
        replace(TRAINED, curve=[(1, 1e300)]),
        replace(TRAINED, seed=77),
        replace(TRAINED, reason=7),
    ]
    with Writer(path) as writer:
        with pytest.raises(ResultsError, match="a run can't be written"):
            writer.write(replace(RUN, plan=replace(RUN.plan, rows=[])))
        assert path.read_bytes() == b""
        writer.write(RUN)
        before = path.read_bytes()
        for record in odd:
            with pytest.raises(ResultsError, match=r"a training can't be written to .*: "):
                writer.write(record)
            assert path.read_bytes() == before
        writer.write(TRAINED)
    assert len(reader.read(path)) == 2


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of the same plan, one of whose rows fails."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "short.toml").write_text(SUITE)
    options = ["--suite", folder / "short.toml", "--backends", "fake:good,fake:raises-training"]
    for name in ("a", "b"):
        assert rnnbench("run", *options, "--out", folder / name).code == 1
    return folder


def test_every_line_names_its_run_and_a_line_of_another_is_set_aside(cli, runs, tmp_path):
    ours, theirs = (folders.find(None, runs / name).read_bytes() for name in ("a", "b"))
    names = {json.loads(line)["run"] for line in ours.splitlines()}
    assert len(names) == 1
    assert names != {json.loads(line)["run"] for line in theirs.splitlines()}
    (stranger,) = [line for line in theirs.splitlines() if b'"record":"timing"' in line][:1]
    spliced = [stranger if b'"record":"timing"' in line else line for line in ours.splitlines()]
    (tmp_path / folders.FILE).write_bytes(b"\n".join(spliced) + b"\n")
    ended = cli("check-results", tmp_path)
    assert ended.code == 1
    assert ended.out.count("it belongs to another run") == 2
    assert cli("show", tmp_path).code == 0
