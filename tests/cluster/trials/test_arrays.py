"""Arrays of a real Slurm: a limit on how many run at once, jobs that are cancelled or killed."""

import signal

import pytest
from slurm import until
from trials import COMPARISONS, LONG, Trial


@pytest.mark.parametrize("slurm", [3], indirect=True)
def test_six_parts_run_two_at_a_time_and_are_the_run_alone(slurm, tmp_path, alone):
    trial, counts = Trial(tmp_path, slurm), []

    def is_over():
        states = list(slurm.states().values())
        counts.append(sum(state in ("RUNNING", "COMPLETING") for state in states))
        return states == ["COMPLETED"] * COMPARISONS

    ended = trial.submit("--at-once", 2)
    assert "6 parts" in ended.err
    assert set(trial.status()) <= {"queued", "running"}  # it has returned at once
    until(is_over, 120, trial.told)
    assert max(counts) == 2  # of three nodes
    assert trial.status() == ["done"] * COMPARISONS
    assert trial.gathered() == alone
    assert trial.rnnbench("show", trial.name).code == 0


def test_a_job_that_was_cancelled_is_resumed(slurm, tmp_path, alone):
    trial = Trial(tmp_path, slurm, seconds=LONG)
    trial.submit("--parts", 2)
    trial.until_recorded(1)
    job, _ = trial.submitted()[0]
    slurm.ask("scancel", f"{job}_1")
    until(lambda: slurm.states()[f"{job}_1"] == "CANCELLED", 60, trial.told)
    trial.until_over()
    assert trial.status() == ["ended", "done"]
    trial.resume()
    assert [parts for _, parts in trial.submitted()] == ["1-2", "1"]
    trial.until_over()
    assert trial.status() == ["done", "done"]
    assert trial.gathered() == alone


def test_a_job_whose_process_was_killed_is_resumed(slurm, tmp_path, alone):
    trial = Trial(tmp_path, slurm, seconds=LONG)
    trial.submit("--parts", 2)
    trial.until_recorded(2)
    trial.process(2).send_signal(signal.SIGKILL)
    job, _ = trial.submitted()[0]
    until(lambda: slurm.states()[f"{job}_2"] == "FAILED", 60, trial.told)
    trial.until_over()
    assert trial.status() == ["done", "ended"]
    trial.resume()
    assert [parts for _, parts in trial.submitted()] == ["1-2", "2"]
    trial.until_over()
    assert trial.status() == ["done", "done"]
    assert trial.gathered() == alone
