"""What a shell is offered for a word that somebody has begun to type."""

import pytest
from small_runs import WHOLE

COMPLETED = {
    "rnnbench ru": ["run"],
    "rnnbench run --ba": ["--backends", "--batch"],
    "rnnbench run --optimizer ada": ["adam", "adamw"],
    "rnnbench run --cells minl": ["minlstm"],
    "rnnbench run --cells lstm,minl": ["lstm,minlstm"],
    "rnnbench run --cells al": ["all"],
    "rnnbench run --networks tc": ["tcn"],
    "rnnbench run --backends fak": ["fake"],
    "rnnbench scale --task ech": ["echo"],
    "rnnbench run --suite tin": ["tiny"],
    "rnnbench explain lstm_p": ["lstm_peephole"],
    "rnnbench plugins te": ["test"],
    "rnnbench show l": ["latest"],
    "rnnbench run --tasks nothing-of-that-name": [],
}


@pytest.fixture
def completed(cli, monkeypatch):
    """What is offered at the end of a command line, by a way that a shell asks in."""

    def complete(words):
        monkeypatch.setenv("_RNNBENCH_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        ended = cli()
        assert (ended.code, ended.err) == (0, "")
        return ended.out.split()

    return complete


@pytest.mark.parametrize("words", COMPLETED)
def test_names_that_begin_so_are_offered(completed, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    assert completed(words) == COMPLETED[words]


def test_runs_are_offered_from_the_folder_that_is_given(completed, tmp_path):
    (tmp_path / "monday").mkdir()
    (tmp_path / "monday" / "results.jsonl").write_bytes(WHOLE)
    assert completed(f"rnnbench show --out {tmp_path} ") == ["latest", "monday"]
    assert completed(f"rnnbench compare --out {tmp_path} mo") == ["monday"]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (None, None),
        ("rnnbench show", "abc"),
        ("rnnbench show", ""),
    ],
)
def test_where_nothing_can_be_offered_nothing_is_said(cli, monkeypatch, words, place):
    monkeypatch.setenv("_RNNBENCH_COMPLETE", "complete_bash")
    for name, value in (("COMP_WORDS", words), ("COMP_CWORD", place)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert cli() == (0, "", "")


def test_the_shell_is_told_by_an_option(cli, monkeypatch):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    assert "_RNNBENCH_COMPLETE=complete_zsh" in cli("--show-completion", "zsh").out
