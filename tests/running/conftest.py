import pytest

from rnnbench.running import runner


class Trusting:
    """Audits nothing: what a script answers can be neither right nor in time."""

    def __init__(self, processes, longest, mark):
        pass

    def after_round(self, number):
        pass

    after_last_round = after_round

    def judge(self, build, comparison, seed, max_time):
        pass


@pytest.fixture(autouse=True)
def trusting(monkeypatch):
    monkeypatch.setattr(runner, "Audits", Trusting)
