"""What is asked of Slurm; that it does it is the test of a real one."""

import pytest

from rnnbench.cluster import slurm
from rnnbench.errors import UsageError


def test_options_of_sbatch_are_read():
    texts = ["partition=gpu", "time=1:00:00", "exclusive=no", "hold="]
    assert slurm.options_of(texts) == {
        "partition": "gpu",
        "time": "1:00:00",
        "exclusive": "no",
        "hold": "",
    }


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["partition"], "a long option of sbatch"),
        (["-p=gpu"], "a long option of sbatch"),
        (["time=60\n#SBATCH"], "a long option of sbatch"),
        (["array=1-3"], "gives this option itself"),
        (["time=60", "time=61"], "is there twice"),
    ],
)
def test_other_options_are_refused(texts, message):
    with pytest.raises(UsageError, match=message):
        slurm.options_of(texts)


@pytest.fixture
def asked(monkeypatch):
    """What was asked of Slurm, which answers with a number."""
    found = []
    monkeypatch.setattr(slurm, "call", lambda *words: found.append(list(words)) or "1234;onehost")
    return found


def test_an_array_is_submitted_at_once(asked, tmp_path):
    given = {"partition": "gpu", "exclusive": "no", "hold": ""}
    assert slurm.submit(tmp_path / "night", "1-3,7", 2, given) == 1234
    assert asked == [
        [
            "sbatch",
            "--parsable",
            "--array=1-3,7%2",
            f"--output={tmp_path}/night/logs/%a.log",
            "--job-name=rnnbench-night",
            "--requeue",
            "--signal=B:TERM@60",
            "--open-mode=append",
            "--partition=gpu",
            "--hold",
            f"{tmp_path}/night/job.sh",
        ]
    ]


def test_whole_nodes_are_asked_for_and_no_limit_where_nobody_says(asked, tmp_path):
    slurm.submit(tmp_path / "night", "1", None, {})
    assert "--array=1" in asked[0]
    assert "--exclusive" in asked[0]


def test_an_answer_without_a_number_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(slurm, "call", lambda *words: "come back later")
    with pytest.raises(UsageError, match="no number of a job"):
        slurm.submit(tmp_path, "1", None, {})


def test_a_refusal_is_in_slurm_s_words(tmp_path, monkeypatch):
    command = tmp_path / "sbatch"
    command.write_text("#!/bin/sh\necho 'sbatch: error: invalid partition: moon' >&2\nexit 1\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) + ":/bin:/usr/bin")
    with pytest.raises(slurm.Refused, match=r"^sbatch: error: invalid partition: moon$"):
        slurm.call("sbatch")


def test_where_there_is_no_slurm_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="there is no sbatch here"):
        slurm.call("sbatch")
