"""Runs in parts on this machine: the scripts and files are those of any batch system."""

from slurm import until
from trials import Trial


def test_three_parts_two_at_once_are_the_run_alone(tmp_path, alone):
    trial = Trial(tmp_path)
    ended = trial.run("--cluster", "local", "--parts", 3, "--at-once", 2)
    assert ended.code == 0, ended
    assert "3 parts" in ended.err
    # Folders are looked at often; the command that tells of them is a process each time.
    until(lambda: sum(".done" in name for name in trial.attempts()) == 3, 120, trial.told)
    assert trial.status() == ["done"] * 3
    assert trial.gathered() == alone
    again = trial.rnnbench("run", "--resume", trial.name, "--cluster", "local")
    assert again.code == 0
    assert len(trial.attempts()) == 3


def test_parts_that_any_batch_system_has_begun_are_the_run_alone(tmp_path, alone):
    trial = Trial(tmp_path)
    for part in (2, 1):
        ended = trial.run("--part", f"{part}/2")
        assert ended.code == 0, ended
    assert trial.gathered() == alone
    ended = trial.run("--part", "2/2")
    assert ended.code == 0
    assert "nothing is left to do" in ended.out + ended.err
    assert trial.attempts() == ["0001-of-0002.0.done", "0002-of-0002.0.done"]


def test_what_an_attempt_has_timed_the_next_one_trains(tmp_path, alone):
    trial = Trial(tmp_path)
    assert trial.run("--part", "1/1").code == 0
    done = trial.folder / "parts" / "0001-of-0001.0.done"
    begun = done.rename(trial.folder / "parts" / "0001-of-0001.0")
    lines = (begun / "results.jsonl").read_bytes().splitlines(keepends=True)
    timed = next(k for k, line in enumerate(lines) if line.startswith(b'{"record":"timing"'))
    (begun / "results.jsonl").write_bytes(b"".join(lines[: timed + 1]))
    ended = trial.run("--part", "1/1")
    assert ended.code == 0, ended
    assert trial.attempts() == ["0001-of-0001.0", "0001-of-0001.1.done"]
    assert trial.gathered() == alone
