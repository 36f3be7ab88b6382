"""What was submitted, kept and read again."""

import pytest

from rnnbench.cluster.submission import FILE, Job, Submission, load, save
from rnnbench.errors import UsageError

WHOLE = Submission(
    engine="slurm",
    words=["run", "--name", "night"],
    folder="/home",
    naming=["-p", "mine"],
    parts=12,
    at_once=4,
    options={"partition": "gpu"},
    jobs=[Job("slurm", 1234, "2026-01-02T03:04:05+00:00", "1-12")],
)


def test_it_comes_out_as_it_was(tmp_path):
    save(tmp_path, WHOLE)
    assert load(tmp_path) == WHOLE
    assert load(tmp_path / "nothing") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '{"engine": "cron", "words": [], "folder": "", "parts": 1}',
        "ÿ",
        '{"engine": "slurm", "words": [], "folder": "", "parts": 0}',
        '{"engine":"slurm","words":[],"folder":"","parts":1,"jobs":[{"engine":"slurm","number":1,"submitted":"","parts":"x"}]}',
    ],
)
def test_what_is_damaged_is_told(tmp_path, text):
    (tmp_path / FILE).write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match=r"submitted\.json"):
        load(tmp_path)


def test_what_cannot_be_written_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"submitted\.json"):
        save(tmp_path / "nothing", WHOLE)
