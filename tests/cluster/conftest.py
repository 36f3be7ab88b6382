"""What the trials share: the same run alone, and a Slurm of their own, where one is installed."""

import pytest
from slurm import Slurm, missing
from trials import Trial, untimed


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    """What the run of all trials has recorded where nothing happened to it."""
    trial = Trial(tmp_path_factory.mktemp("alone"))
    ended = trial.run()
    assert ended.code == 0, ended
    return untimed(trial.folder / "results.jsonl")


@pytest.fixture
def slurm(request):
    """A Slurm of two nodes, or of as many as are asked for."""
    if lacking := missing():
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with Slurm(getattr(request, "param", 2)) as cluster:
        yield cluster
