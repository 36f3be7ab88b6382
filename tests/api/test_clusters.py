"""Runs that are submitted: what is checked before, what is written, what is left if it fails."""

import parted
import pytest
from parted import Told
from small_runs import SUITE

from rnnbench.api import clusters
from rnnbench.cluster import local, slurm
from rnnbench.cluster import submission as submissions
from rnnbench.errors import UsageError
from rnnbench.plan.part import part_of


@pytest.fixture(autouse=True)
def here(fake, tmp_path, monkeypatch):
    """A folder with a small suite, of two comparisons and two seeds."""
    (tmp_path / "small.toml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """What Slurm was asked for; nothing is running there."""
    found = []

    def call(*words):
        found.append(words)
        return "77" if words[0] == "sbatch" else ""

    monkeypatch.setattr(slurm, "call", call)
    return found


def given(**options):
    return {"suite": "small.toml", "backends": "fake:good", "name": "night", "progress": Told()} | (
        options
    )


def test_a_run_is_submitted_with_a_script_that_does_a_part(here, asked):
    run = clusters.submit(given(tasks=""), "slurm", at_once=3, options={"partition": "gpu"})
    assert run.resolve() == here / "results" / "night"
    kept = submissions.load(run)
    assert kept.words == [
        *("run", "--suite", "small.toml", "--backends", "fake:good", "--name", "night")
    ]
    assert (kept.engine, kept.parts, kept.at_once) == ("slurm", 2, 3)
    assert [(job.number, job.parts) for job in kept.jobs] == [(77, "1-2")]
    (sbatch,) = asked
    assert {"--array=1-2%3", "--partition=gpu", "--exclusive"} <= set(sbatch)
    script = (run / "job.sh").read_text()
    command = "run --suite small.toml --backends fake:good --name night"
    assert f'-m rnnbench {command} --part "$part/2"' in script
    assert f"cd {here}" in script


def test_there_are_as_many_parts_as_are_asked_for(asked):
    run = clusters.submit(given(split="seeds"), "slurm", 4)
    assert submissions.load(run).parts == 4
    assert "--split seeds" in (run / "job.sh").read_text()


@pytest.mark.parametrize(
    ("options", "parts", "message"),
    [
        ({"name": None}, None, "needs a name"),
        ({"name": "../x"}, None, "--name '../x'"),
        ({"suite": "gone.toml"}, None, "gone.toml"),
        ({"backends": "fakes"}, None, "Did you mean 'fake'"),
        ({}, 3, "3 parts: the plan has 2 comparisons"),
        ({"reuse": True}, None, "--reuse with --cluster"),
        ({"retry_failed": True}, None, "--retry-failed without --resume"),
        ({"out": "small.toml"}, None, "--out small.toml: this is a file; name a folder"),
        ({"out": "small.toml/runs"}, None, "this is out of reach; name a folder"),
    ],
)
def test_what_cannot_be_done_leaves_nothing(here, asked, options, parts, message):
    with pytest.raises(UsageError, match=message):
        clusters.submit(given(**options), "slurm", parts)
    assert not asked
    assert [one.name for one in here.iterdir()] == ["small.toml"]


def test_what_slurm_refuses_leaves_nothing(here, monkeypatch):
    def call(*words):
        raise slurm.Refused("sbatch: error: invalid partition: moon")

    monkeypatch.setattr(slurm, "call", call)
    with pytest.raises(UsageError, match="invalid partition: moon"):
        clusters.submit(given(), "slurm", options={"partition": "moon"})
    assert [one.name for one in here.iterdir()] == ["small.toml"]


def test_a_run_is_submitted_once(asked):
    clusters.submit(given(), "slurm")
    with pytest.raises(UsageError, match="--resume night --cluster slurm"):
        clusters.submit(given(), "slurm")


def test_options_of_sbatch_are_for_slurm():
    with pytest.raises(UsageError, match="options of sbatch"):
        clusters.submit(given(), "local", options={"partition": "gpu"})


def test_what_is_missing_is_submitted_again(here, asked):
    run = clusters.submit(given(), "slurm", at_once=2)
    made = part_of(parted.plan(2), 1, 2)
    parted.attempt(run, made, parted.everything(made))
    told = Told()
    again = {"resume": "night", "progress": told}
    clusters.go_on(again, "slurm", options={"time": "60"})
    assert asked[-1][2] == "--array=2%2"
    assert "--time=60" in asked[-1]
    assert told.lines == [
        "2 parts: 1 done, 1 missing",
        "1 part of results/night submitted as job 77",
    ]
    made = part_of(parted.plan(2), 2, 2)
    parted.attempt(run, made, parted.everything(made))
    told.lines.clear()
    clusters.go_on(again, "slurm")
    assert told.lines == ["2 parts: 2 done", "nothing is left to submit of results/night"]


def test_code_that_only_the_file_names_is_not_started(asked):
    clusters.submit(given(plugins=["fake_plugin"]), "slurm")
    with pytest.raises(UsageError, match=r"--resume night --cluster slurm -p fake_plugin$"):
        clusters.go_on({"resume": "night", "progress": Told()}, "slurm")
    clusters.go_on({"resume": "night", "progress": Told(), "plugins": ["fake_plugin"]}, "slurm")


def test_locally_parts_are_started_in_a_process(monkeypatch):
    started = []
    monkeypatch.setattr(local, "submit", lambda *words: started.append(words) or (123, 4.5))
    run = clusters.submit(given(), "local")
    (job,) = submissions.load(run).jobs
    assert (job.number, job.began) == (123, 4.5)
    assert started == [(run, range(1, 3), 1)]


def test_a_run_that_there_is_not_is_told(asked):
    clusters.submit(given(), "slurm")
    with pytest.raises(UsageError, match=r"did you mean 'night'\?\): there are night"):
        clusters.go_on({"resume": "nigth", "progress": Told()}, "slurm")


def test_a_run_goes_on_from_the_folder_in_which_it_was_begun(here, asked, monkeypatch):
    run = clusters.submit(given(), "slurm").resolve()
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    clusters.go_on({"resume": str(run), "progress": Told()}, "slurm")
    assert f"cd {here}\n" in (run / "job.sh").read_text().replace(" || exit 2", "")


def test_how_to_go_on_with_parts_that_nobody_has_submitted_is_told(here, asked):
    run = here / "results" / "night"
    made = part_of(parted.plan(2), 1, 2)
    parted.attempt(run, made, [])
    told = "go on with the command of each part, as: rnnbench run --part 1/2 --name night"
    for call in (
        lambda: clusters.submit(given(), "local"),
        lambda: clusters.go_on({"resume": "night", "progress": Told()}, "local"),
    ):
        with pytest.raises(UsageError, match=told):
            call()
    (run.with_name("empty") / "parts").mkdir(parents=True)
    with pytest.raises(UsageError, match="no part of it has begun: remove"):
        clusters.submit(given(name="empty"), "local")


def test_what_was_measured_stays_where_nothing_can_be_submitted(here, asked, monkeypatch):
    """Ctrl-C in a run before one's eyes, and an engine that refuses the rest of one."""

    def interrupted(run, parts):
        made = part_of(parted.plan(2), 1, 2)
        parted.attempt(run, made, parted.everything(made))
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "carry_out", interrupted)
    with pytest.raises(KeyboardInterrupt):
        clusters.submit(given(), "debug")
    (found,) = here.glob("results/night/parts/*/results.jsonl")
    before = found.read_bytes()

    def refuse(*words):
        raise slurm.Refused("sbatch: error: no")

    monkeypatch.setattr(slurm, "call", refuse)
    with pytest.raises(UsageError, match="sbatch: error: no"):
        clusters.go_on({"resume": "night", "progress": Told()}, "slurm")
    assert found.read_bytes() == before
