"""Nodes of a real Slurm that fail, are drained or declared down."""

from slurm import until
from trials import LONG, LONGER, Trial


def test_a_part_is_begun_again_beside_its_first_attempt_when_its_node_is_silent(
    slurm, tmp_path, alone
):
    trial = Trial(tmp_path, slurm, seconds=LONGER)
    trial.submit("--parts", 1)
    trial.until_recorded(1)
    node, first = trial.node(1), trial.process(1)
    slurm.kill_node(node)  # what it has started goes on
    until(lambda: slurm.nodes()[node].startswith("down"), 90, trial.told)
    until(lambda: len(trial.attempts()) == 2, 60, trial.told)
    assert first.is_running()  # two write at once, each into its own folder
    assert trial.node(1) != node
    trial.until_over()
    until(lambda: not first.is_running(), 60, trial.told)
    assert trial.status() == ["done"]
    assert len(trial.attempts()) == 2
    assert trial.gathered() == alone


def test_parts_that_wait_go_past_a_node_that_is_drained(slurm, tmp_path, alone):
    trial = Trial(tmp_path, slurm)
    trial.submit("--parts", 4)
    until(lambda: list(slurm.states().values()).count("RUNNING") == 2, 60, trial.told)
    ran = {job for job, (state, _) in slurm.jobs().items() if state == "RUNNING"}
    slurm.ask("scontrol", "update", "NodeName=n1", "State=DRAIN", "Reason=trial")
    trial.until_over()
    assert {node for job, (_, node) in slurm.jobs().items() if job not in ran} == {"n2"}
    assert trial.status() == ["done"] * 4
    assert len(trial.attempts()) == 4  # what ran there has come to its end
    assert trial.gathered() == alone


def test_a_part_is_begun_again_when_its_node_is_down(slurm, tmp_path, alone):
    trial = Trial(tmp_path, slurm, seconds=LONG)
    trial.submit("--parts", 1)
    trial.until_recorded(1)
    slurm.ask("scontrol", "update", f"NodeName={trial.node(1)}", "State=DOWN", "Reason=trial")
    until(lambda: len(trial.attempts()) == 2, 60, trial.told)
    trial.until_over()
    assert trial.status() == ["done"]
    assert trial.gathered() == alone
