"""Jobs of a real Slurm that others preempt, or whose time is up."""

from slurm import until
from trials import LONG, Trial


def test_jobs_that_are_preempted_go_on_when_they_may(slurm, tmp_path, alone):
    trial = Trial(tmp_path, slurm, seconds=LONG)
    trial.submit("--parts", 2, "--cluster-set", "partition=low")
    until(lambda: trial.recorded(1) + trial.recorded(2), 60, trial.told)
    urgent = ("--exclusive", "--nodes=2", f"--output={tmp_path}/urgent.log", "--wrap=sleep 2")
    other = slurm.ask("sbatch", "--parsable", "--partition=main", *urgent).strip()
    until(lambda: slurm.states()[other] == "COMPLETED", 90, trial.told)
    trial.until_over()
    assert trial.status() == ["done", "done"]
    assert len(trial.attempts()) == 4  # each was ended once
    assert trial.gathered() == alone


def test_a_part_that_is_out_of_time_goes_on_in_another_job(slurm, tmp_path, alone):
    trial = Trial(tmp_path, slurm, seconds=14)  # a minute is up before all, and not before one
    trial.submit("--parts", 1, "--cluster-set", "time=2")
    trial.until_over(500)
    assert trial.status() == ["done"]
    assert len(trial.attempts()) > 1
    assert trial.gathered() == alone


def test_a_part_that_records_nothing_in_its_time_is_not_begun_for_ever(slurm, tmp_path):
    trial = Trial(tmp_path, slurm, seconds=1000)
    precise = ("--precision", "0.0001%")  # which no comparison comes to sooner
    trial.submit("--parts", 1, *precise, "--cluster-set", "time=1")
    trial.until_over(300)
    assert trial.status() == ["ended"]
    assert len(trial.attempts()) == 1
