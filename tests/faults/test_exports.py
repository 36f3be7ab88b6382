"""An export never writes over what was measured, and is written whole or not at all."""

import json

import pytest
from small_runs import COPY, SUITE, WHOLE

from rnnbench.results.runs import folders


@pytest.fixture
def out(tmp_path):
    """A folder of runs with one run."""
    (tmp_path / "out" / "run").mkdir(parents=True)
    (tmp_path / "out" / "run" / folders.FILE).write_bytes(WHOLE)
    return tmp_path / "out"


@pytest.fixture
def export(cli, out):
    return lambda target: cli(
        "export", "--format", "pytest-benchmark", "run", "--out", out, "--output", target
    )


def test_an_export_never_writes_over_results(export, out, tmp_path):
    file = out / "run" / folders.FILE
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "hard").hardlink_to(file)
    (tmp_path / "other.txt").write_bytes(WHOLE[:300])
    (tmp_path / folders.FILE).write_bytes(b"damaged" + WHOLE)
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbf" + WHOLE)
    (tmp_path / "spaced").write_bytes(
        b"no line of ours\n" + WHOLE.replace(b'"record":', b'"record" :')
    )
    spoiled = ("marked", "spaced")
    for target in (
        "link",
        "hard",
        "other.txt",
        *spoiled,
        folders.FILE,
        "out/run/../run/results.jsonl",
    ):
        before = (tmp_path / target).read_bytes()
        ended = export(tmp_path / target)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "the results of a run; name another file" in ended.err
        assert (tmp_path / target).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("hard", "link", "marked", "other.txt", "out", folders.FILE, "spaced")
    ]


def test_an_export_never_writes_over_what_belongs_to_a_run(export, out):
    log = out / "run" / "fake-good.log"
    log.write_text("what a worker said")
    ended = export(log)
    assert (ended.code, log.read_text()) == (2, "what a worker said")
    assert "this is a file of a run; name another one" in ended.err
    log.unlink()


def test_an_export_beside_its_run_is_written_over_as_elsewhere(export, out):
    for _ in range(2):
        assert export(out / "run" / "mine.json").code == 0
    (out / "run" / "mine.json").unlink()


@pytest.mark.parametrize(
    "content",
    [
        *(COPY, SUITE.encode(), b"{}", b"\0" * 50, b'{"a": 1}'),
        b'{"machine_info": {"mine": 1}, "commit_info": {}, "benchmarks": [], "version": "4.0.0"}',
    ],
)
def test_an_export_never_writes_over_what_is_no_export(export, tmp_path, content):
    (tmp_path / "mine").write_bytes(content)
    ended = export(tmp_path / "mine")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "this is something else than an earlier export" in ended.err
    assert (tmp_path / "mine").read_bytes() == content


def test_an_export_writes_over_an_earlier_one(export, tmp_path):
    (tmp_path / "run.json").touch(0o600)
    for _ in range(2):
        assert export(tmp_path / "run.json").code == 0
    assert json.loads((tmp_path / "run.json").read_text())["benchmarks"]
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("target", [".", "out", "no/where.json", "a\0b", "loop", "x" * 300])
def test_an_export_that_cannot_be_written_is_told_in_a_line(export, tmp_path, monkeypatch, target):
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    ended = export(target)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loop", "out"]


def test_a_full_disk_leaves_the_earlier_export(export, tmp_path, monkeypatch):
    from rnnbench.system.io import files

    def full(*_):
        raise OSError(28, "No space left on device")

    assert export(tmp_path / "run.json").code == 0
    before = (tmp_path / "run.json").read_bytes()
    monkeypatch.setattr(files.os, "write", full)
    ended = export(tmp_path / "run.json")
    assert (ended.code, "No space left on device" in ended.err) == (2, True)
    assert (tmp_path / "run.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
