"""``rnnbench compare``: what it prints, and its exit codes."""

import errno
import json
import os

import pytest
from msgspec.structs import replace
from pairs import ALIKE, QUICK, ended, row, run, seeded, trainings
from specimens import FAST, MACHINE, PLAN, PLANNED, SLOW
from streamed import streamed

from rnnbench.results.runs import baselines
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer
from rnnbench.schema.row import Row

TWICE = [2 * one for one in ALIKE]


@pytest.fixture
def written(cli, tmp_path):
    """Writes runs under their names, each begun a day after the one before."""

    def write(**runs):
        for day, (name, records) in enumerate(runs.items(), 1):
            (tmp_path / name).mkdir()
            with Writer(tmp_path / name / FILE) as writer:
                started = f"2026-01-{day:02}T03:04:05+00:00"
                writer.write(replace(records[0], started=started))
                for record in records[1:]:
                    writer.write(record)

    return write


@pytest.fixture
def compare(cli, tmp_path):
    return lambda *arguments: cli("compare", *arguments, "--out", tmp_path)


def test_it_prints_both_headings_the_table_and_what_was_found(written, compare):
    written(before=QUICK, after=run(row(factors=TWICE), machine=replace(MACHINE, cpus=4)))
    ended = compare("before", "after")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("old: rnnbench 0.1.0")
    assert "differs: CPUs 2 → 4" in lines
    assert "new / old" in ended.out
    assert lines[-1] == "1 slower"


def test_a_stream_is_told_apart(written, compare):
    written(before=QUICK, streams=streamed())
    ended = compare("before", "streams")
    assert (ended.code, ended.out) == (2, "")
    assert "no two sides of one thing" in ended.err


def test_two_streams_are_compared_by_their_latencies(written, compare):
    written(before=streamed(), streams=streamed(), before_run=QUICK)
    ended = compare("before", "streams", "--json")
    metrics = {one["metric"]: one["ratio"] for one in json.loads(ended.out)["rows"]}
    assert metrics == {"latency": 1.0, "latency-p99": 1.0, None: None}
    ended = compare("before", "streams", "--metric", "train-step")
    assert "--metric train-step: the steps of this run are given one at a time" in ended.err
    ended = compare("before_run", "--metric", "latency")
    assert "the steps of this run are training steps, with train-step, forward" in ended.err


def test_the_newest_run_is_the_new_side(written, compare):
    written(before=QUICK, zafter=QUICK, after=run(row(factors=TWICE)))
    assert compare("before").out.endswith("1 slower\n")
    assert compare("before", "zafter").out.endswith("1 same\n")


def test_a_baseline_comes_before_a_run_of_its_name(written, compare, tmp_path):
    written(kept=QUICK, main=run(row(factors=TWICE)), newest=QUICK)
    baselines.save("main", tmp_path / "kept" / FILE, tmp_path)
    assert compare("main").out.endswith("1 same\n")


def test_a_run_is_not_held_against_itself(written, compare, tmp_path):
    written(only=QUICK)
    baselines.save("main", tmp_path / "only" / FILE, tmp_path)
    for old in ("main", "only"):
        ended = compare(old)
        assert ended.code == 2
        assert "are the same run: nothing can have changed" in ended.err


def test_json_has_everything(written, compare):
    new = run(row(factors=TWICE), ended(SLOW, "oom"), machine=replace(MACHINE, cpus=4))
    written(before=QUICK, after=new)
    ended_with = compare("before", "--json", "--fail-on", "slower")
    found = json.loads(ended_with.out)
    assert (ended_with.code, found["exit_code"]) == (3, 3)
    first, second = found["rows"]
    assert (first["metric"], first["unit"], first["verdict"]) == ("train-step", "ms", "slower")
    assert first["old"] == pytest.approx(2, rel=0.01)
    assert first["ratio_low"] < first["ratio"] < first["ratio_high"]
    assert (first["found"], second["found"]) == (["slower"], ["failed"])
    assert (second["metric"], second["change"], second["new_status"]) == (None, "failed", "oom")
    assert found["differences"] == [{"name": "machine.cpus", "old": 2, "new": 4, "where": []}]
    assert found["found"] == [
        "echo · lstm · T 3, batch 4, 1 → 3 → 1 · cpu, 2 threads, float32: fake:good: "
        "train-step slower: new / old is 2.000 ±0.005"
    ]


def test_markdown_is_what_a_pull_request_can_carry(written, compare):
    written(before=QUICK, after=run(row(factors=TWICE), machine=replace(MACHINE, cpus=4)))
    out = compare("before", "--format", "markdown", "--fail-on", "slower").out
    assert out.startswith("**rnnbench**: 1 slower\n\n- echo · lstm · T 3")
    assert "| fake:good |" in out
    assert out.endswith("What else differs:\n\n- CPUs 2 → 4\n")


CODES = [
    (run(row(factors=TWICE)), (), 0),
    (run(row(factors=TWICE)), ("--fail-on", "slower"), 3),
    (run(row(factors=TWICE)), ("--fail-on", "slower", "--threshold", "150%"), 0),
    (run(row(factors=TWICE)), ("--fail-on", "slower", "--threshold", "-5%"), 2),
    (run(row(factors=TWICE)), ("--fail-on", "slower", "--threshold", "0%"), 3),
    (run(row(factors=TWICE)), ("--fail-on", "slower", "--threshold", "90%"), 3),
    (run(row(factors=[1.05, 1.051, 1.049])), ("--fail-on", "slower", "--threshold", "10%"), 0),
    (run(row(factors=[1.0, 1.1, 1.2])), ("--fail-on", "undecided"), 3),
    (run(row(SLOW)), ("--fail-on", "missing"), 3),
    (run(ended(FAST, "mismatch")), ("--fail-on", "failed,missing"), 3),
    (run(ended(FAST, "mismatch")), (), 4),
    (run(row(peak_memory=2**30)), ("--metric", "memory", "--fail-on", "worse"), 3),
    (run(row(peak_memory=2**30)), ("--metric", "train-step", "--fail-on", "slower"), 0),
    (QUICK, ("--fail-on", "slower,worse,missing,failed,undecided"), 0),
    (QUICK, ("--fail-on", "slow"), 2),
    (QUICK, ("--fail-on", ""), 2),
    (QUICK, ("--metric", "speed"), 2),
    (QUICK, ("--metric", "train-step", "--fail-on", "worse"), 2),
    (QUICK, ("--metric", "memory", "--fail-on", "slower"), 2),
]


@pytest.mark.parametrize(("new", "options", "code"), CODES)
def test_exit_codes(written, compare, new, options, code):
    written(before=QUICK, after=new)
    assert compare("before", *options).code == code


def test_a_worse_score_is_looked_for_unless_metrics_are_named(written, compare):
    old, new = (
        run(row(), trained=trainings(scores), plan=seeded(3))
        for scores in ([0.4, 0.41, 0.39], [0.5, 0.51, 0.49])
    )
    written(before=old, after=new)
    ended = compare("before", "--fail-on", "worse")
    assert (ended.code, "score worse: new - old is 0.1" in ended.out) == (3, True)
    assert compare("before").code == 0
    assert compare("before", "--fail-on", "worse", "--score-delta", "50%").code == 0


def test_what_forbids_a_comparison_names_the_field(written, compare):
    comparison = replace(PLANNED.comparison, steps=5)
    plan = replace(PLAN, comparisons=[replace(PLANNED, comparison=comparison)])
    written(before=QUICK, after=run(row(), plan=plan))
    ended = compare("before")
    assert ended.code == 4
    assert "not comparable: echo · lstm: steps 5 against 10" in ended.out
    assert ended.out.endswith("1 new, 1 missing\nno figure could be compared\n")


def test_a_run_without_timings_is_no_success(written, compare):
    written(before=QUICK, empty=QUICK[:1])
    assert compare("before").code == 4
    assert compare("before", "--fail-on", "missing").code == 3


def test_two_environments_of_one_run(written, compare):
    rows = [row(Row("fake", "good", "base")), row(Row("fake", "good", "head"), TWICE)]
    written(both=run(*rows))
    ended = compare("--between", "base,head", "--fail-on", "slower")
    assert ended.code == 3
    assert "head / base" in ended.out
    assert ended.out.count("rnnbench 0.1.0") == 1
    assert compare("both", "--between", "head,base", "--fail-on", "slower").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a baseline or a run: rnnbench compare OLD [NEW]"),
        (("before", "later"), "no run 'later'"),
        (("--between", "base"), "--between 'base' is not BASE,HEAD"),
        (("before", "before", "--between", "a,b"), "--between is of one run"),
        (("--between", "base,head"), "unknown environment of this run 'base'"),
    ],
)
def test_what_makes_no_sense_is_told(written, compare, arguments, told):
    written(before=QUICK)
    ended = compare(*arguments)
    assert (ended.code, told in ended.err) == (2, True)


@pytest.fixture
def job(monkeypatch, tmp_path):
    """The environment of a job of GitHub Actions; returns the file of its summary."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def test_a_hosted_ci_is_told_in_annotations_and_a_summary(written, compare, job):
    job.write_text("before\n")
    written(before=QUICK, after=run(row(factors=TWICE)))
    ended = compare("before", "--fail-on", "slower", "--json")
    assert ended.err.startswith("::error title=rnnbench%3A fake%3Agood slower::echo · lstm")
    assert ended.err.count("\n") == 1
    assert json.loads(ended.out)["exit_code"] == 3
    assert job.read_text().startswith("before\n**rnnbench**: 1 slower\n")
    assert compare("before").err.startswith("::warning title=")


def test_a_hosted_ci_is_told_that_nothing_was_judged(written, compare, job):
    written(before=QUICK, after=run(row(factors=(1.0,))))
    ended = compare("before", "--fail-on", "slower")
    told = "there is no verdict on anything that --fail-on names\n"
    assert (ended.code, ended.err) == (4, f"::error title=rnnbench::{told}")
    assert ended.out.endswith(f"1 not judged\n{told}")
    assert compare("before").err == ""


def test_a_summary_that_cannot_be_written_changes_nothing(written, compare, job):
    job.mkdir()
    written(before=QUICK, after=QUICK)
    ended = compare("before")
    assert (ended.code, ended.err) == (0, "GITHUB_STEP_SUMMARY: Is a directory\n")


def test_a_pipe_that_nobody_reads_is_no_summary(written, compare, job):
    os.mkfifo(job)
    written(before=QUICK, after=QUICK)
    ended = compare("before")
    assert (ended.code, ended.err) == (0, f"GITHUB_STEP_SUMMARY: {os.strerror(errno.ENXIO)}\n")


def test_elsewhere_there_is_nothing_of_the_kind(written, compare, monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    written(before=QUICK, after=run(row(factors=TWICE)))
    assert compare("before", "--fail-on", "slower").err == ""
    assert not (tmp_path / "summary.md").exists()
