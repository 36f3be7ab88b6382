import sys

import pytest

from rnnbench.errors import UsageError
from rnnbench.plan import environments
from rnnbench.plan.rows import select_rows
from rnnbench.schema.row import Row


def test_assignments_are_parsed():
    assert environments.parse(["old=/a/python", "torch=x=y"]) == {
        "old": "/a/python",
        "torch": "x=y",
    }


def test_an_environment_may_be_written_as_in_backends():
    assert environments.parse(["torch@base=a", "torch@head=b"]) == {"base": "a", "head": "b"}
    assert environments.parse(["torch@base=a", "numpy@base=a"]) == {"base": "a"}
    with pytest.raises(UsageError, match=r"^--python base is there twice, as a and as b$"):
        environments.parse(["torch@base=a", "numpy@base=b"])


@pytest.mark.parametrize("text", ["old", "=python", "old=", "Old!=python", "@old=python"])
def test_what_is_no_assignment_is_named(text):
    with pytest.raises(UsageError, match="is not NAME=PATH, as in old=venv/bin/python"):
        environments.parse([text])


def test_a_name_that_is_there_twice_is_refused():
    with pytest.raises(UsageError, match=r"^--python old is there twice, as a and as b$"):
        environments.parse(["old=a", "new=c", "old=b"])


def test_an_interpreter_with_the_same_rnnbench_will_do(tmp_path, monkeypatch):
    link = tmp_path / "python"
    link.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    link.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert environments.resolve({"old": "python"}) == {"old": str(link)}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 1", "has no rnnbench; install it there"),
        ("echo 0.0.1", "has rnnbench 0.0.1, this is .*; install the same version there"),
    ],
)
def test_an_interpreter_without_it_is_refused(tmp_path, script, message):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    with pytest.raises(UsageError, match=f"environment 'old': {python} {message}"):
        environments.resolve({"old": str(python)})


def test_a_path_without_interpreter_is_refused(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        environments.resolve({"old": str(tmp_path / "nowhere")})
    with pytest.raises(UsageError, match="Permission denied"):
        environments.resolve({"old": str(tmp_path)})


def test_rows_name_their_environment(registry):
    rows, _ = select_rows("fake@old,fake@new:second,fake", registry, {"old": "a", "new": "b"})
    assert rows == [Row("fake", "good", "old"), Row("fake", "second", "new"), Row("fake", "good")]
    assert list(map(str, rows)) == ["fake@old:good", "fake@new:second", "fake:good"]


def test_an_environment_that_was_not_named_is_an_error(registry):
    with pytest.raises(UsageError, match=r"unknown environment 'odl'.*old"):
        select_rows("fake@odl", registry, {"old": "a"})


def test_a_framework_that_is_only_elsewhere_will_do(registry, monkeypatch):
    monkeypatch.setitem(registry.__dict__, "_items", {})
    monkeypatch.setattr("rnnbench.plugins.conflicts.is_installed", lambda module: False)
    with pytest.raises(UsageError, match="not installed"):
        select_rows("fake", registry, {})
    assert select_rows("fake@old", registry, {"old": "a"})[0] == [Row("fake", "good", "old")]
    assert select_rows("fake", registry, {"fake": "a"})[0] == [Row("fake", "good")]


def test_two_environments_stand_in_one_table(cli, tmp_path):
    pythons = [part for name in ("old", "new") for part in ("--python", f"{name}={sys.executable}")]
    where = ("--suite", "tiny", "--out", tmp_path, "--steps", "0")
    ended = cli("run", *where, "--backends", "fake@old,fake@new", *pythons)
    assert ended.code == 0
    assert "fake@old:good" in ended.out
    assert "fake@new:good" in ended.out
    shown = cli("show", "--out", tmp_path, "--baseline", "fake@old")
    assert "fake@new:good" in shown.out
    assert "fastest" not in shown.out
