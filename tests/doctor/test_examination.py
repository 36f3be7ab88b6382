import json
import re
from contextlib import nullcontext

import pytest

from rnnbench.doctor import examination
from rnnbench.doctor.finding import Finding
from rnnbench.errors import UsageError
from rnnbench.plugins.registry import Registry
from rnnbench.report.progress.display import Terminal
from rnnbench.report.progress.time_left import ONCE, TimeLeft

GOOD = Finding("clock", "good", "it ticks")
POOR = Finding("load", "poor", "[bold]others[/bold] are busy", "end them")


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(examination, "check_machine", lambda: [GOOD, POOR])


@pytest.fixture(scope="module")
def kept():
    """What a row was found to be, held against itself."""
    return []


@pytest.fixture
def timed_once(kept, monkeypatch):
    """Have a row timed against itself by whichever test comes first."""
    real = examination.compare_with_itself

    def found(*given):
        kept.extend([] if kept else [real(*given)])
        return kept[0]

    monkeypatch.setattr(examination, "compare_with_itself", found)


def test_it_shows_checks_and_advice_and_times_a_row_against_itself(cli, quiet, timed_once):
    ended = cli("doctor", "--suite", "tiny", "--backends", "fake", "--max-time", "0.5")
    assert ended.code in (0, 1)  # one time in twenty the row differs from itself
    assert "[bold]others[/bold] are busy" in ended.out
    assert "load: end them" in ended.out
    assert "fake:good: " in ended.out
    assert re.search(r"of (\d|10) ways to halve its processes", " ".join(ended.out.split()))


def test_json_has_everything(cli, quiet, timed_once):
    arguments = ("--suite", "tiny", "--backends", "fake", "--max-time", "0.5", "--json")
    found = json.loads(cli("doctor", *arguments).out)
    assert [check["name"] for check in found["checks"]] == ["clock", "load"]
    assert found["self_tests"][0]["row"] == "fake:good"
    assert found["self_tests"][0]["splits"] == 10


def test_the_time_left_is_known_from_the_first_moment(registry, quiet, monkeypatch):
    monkeypatch.setattr(examination, "compare_with_itself", lambda *given: None)
    monkeypatch.setattr(examination, "our_turn", lambda tell, wait: nullcontext())
    expected = []

    class Audience(Terminal):
        def display(self, parts, comparisons):
            expected.append(TimeLeft(parts).seconds())
            return super().display(parts, comparisons)

    plan = examination.plan_self_tests(registry, "tiny", "fake:good,fake:second", 2.0)
    examination.examine(plan, [], 0.02, Audience())
    each = ONCE["starting"] + 2.0
    assert expected == [pytest.approx(ONCE["checking"] + 2 * each)]


def test_without_the_default_suite_the_first_one_is_taken(registry):
    assert examination.usual_suite(registry) == "tiny"
    with pytest.raises(UsageError, match=r"none is installed: name one with --suite FILE, or pip"):
        examination.usual_suite(Registry.of(["no:tiny"]))


def test_a_row_that_fails_is_one_line(cli, quiet):
    ended = cli("doctor", "--suite", "tiny", "--backends", "fake:raises")
    assert ended.code == 2
    assert "broken on purpose" in ended.err.splitlines()[-1]


def test_an_unknown_backend_is_one_line(cli, quiet):
    ended = cli("doctor", "--suite", "tiny", "--backends", "fakr")
    assert ended.code == 2
    assert "unknown backend 'fakr'" in ended.err
