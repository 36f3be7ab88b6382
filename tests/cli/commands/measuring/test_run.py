"""``rnnbench run``, end to end."""

import json
import os

from commands import start

from rnnbench.analysis.row_objects import columns
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.beginning import Run, Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.status import MEASURED

#: The rows of the shared run that have figures.
TIMED = ("good", "second", "chatty")
#: What such a row does not have: a file of data, tokens, a GPU, a verdict in one process alone or
#: with two seeds.
WITHOUT = {
    "data_hash",
    "kept_steps",
    "node",
    "split",
    "score_difference",
    "score_verdict",
    "tokens_per_s",
    "gpu_strangers",
    "verdict",
    "traces",
    "matmul",
    "environment",
}


def test_a_run_prints_its_table_and_says_where_it_is_stored(shared_run, out):
    assert shared_run.out.startswith("rnnbench 0.1.0 · ")
    assert "\n\necho · elman\nT 3, batch 4, 1 → 3 → 1 · cpu, " in shared_run.out
    assert f"results in {folders.find(None, out)}" in shared_run.err
    for name in ("fake:good", "fake:second", "fake:crashes crashed: the worker ended by SIGKILL"):
        assert name in shared_run.out


def test_the_output_is_plain_and_not_cut_when_piped(shared_run):
    assert "…" not in shared_run.out
    assert "\x1b" not in shared_run.out + shared_run.err


def test_a_row_that_fails_stops_no_other_and_fails_the_run(shared_run, rows):
    assert shared_run.code == 1
    ends = {name: row["status"] for name, row in rows.items()}
    assert {ends.pop(name) for name in TIMED} <= MEASURED  # a busy machine may be unsteady
    assert ends == {
        "wrong": "mismatch",  # what :all means and can't be computed is not shown
        "raises": "failed",
        "raises-training": "failed",
        "oom": "oom",
        "crashes": "crashed",
        "only": "failed",
    }
    assert all(bool(row["reason"]) == (row["status"] != "ok") for row in rows.values())


#: What is known if the machine leaves enough rounds undisturbed, or why not.
MAY_BE_UNKNOWN = {
    "reason",
    "ratio",
    "unranked",
    "precision",
    "peak_memory_mib",
    "load",
    "reused",
    "own",
}
#: It takes three seeds.
ON_SCORES = {"score_difference", "score_verdict"}
#: And what a run so short does not measure, or on a busy machine can't tell.
MAY_BE_UNKNOWN |= {"memory_base_mib", "memory_added_mib", "of_peak", "peak_gflops"}
MAY_BE_UNKNOWN |= {"of_step_limit", "step_gflops"}
MAY_BE_UNKNOWN |= {"others_cpus", "others"}


def test_a_row_has_every_figure(rows):
    names = [column.name for column in columns()]
    for name in TIMED:
        assert list(rows[name]) == names
        unknown = {key for key, value in rows[name].items() if value is None}
        ends = {column for column in names if column.endswith(("_low", "_high"))}
        # Echo states no target, and nobody has printed figures of it.
        others = {column for column in names if column.startswith(("target_", "printed"))}
        assert unknown <= ends | others | WITHOUT | MAY_BE_UNKNOWN | ON_SCORES
        assert rows[name]["params"] == 1 * 3 + 3 * 3 + 3 + 3 + 1
        assert rows[name]["seeds"] == 2


def test_rows_that_compute_the_same_learn_the_same(rows):
    for key in ("loss", "score", "score_low", "score_high"):
        assert rows["good"][key] == rows["second"][key] == rows["chatty"][key]
    assert rows["good"]["score_low"] < rows["good"]["score"] < rows["good"]["score_high"]


def test_what_a_framework_prints_stays_in_its_log(shared_run, out):
    assert "CHATTER" not in shared_run.out + shared_run.err
    log = folders.find(None, out).parent / "fake-chatty.log"
    assert {"CHATTER on stdout", "CHATTER on stderr", "CHATTER on descriptor 1"} <= set(
        log.read_text().splitlines()
    )


def test_every_record_is_there(shared_run, out):
    records = reader.read(folders.find(None, out))
    assert isinstance(records[0], Run)
    assert len([r for r in records if isinstance(r, Worker)]) == 9
    assert {r.backend for r in records if isinstance(r, Peak)} == {"fake"}
    assert len([r for r in records if isinstance(r, Timing)]) == 1
    assert len([r for r in records if isinstance(r, Training)]) == 10 * 2


def test_run_prints_json_and_nothing_else_on_stdout(cli, tmp_path):
    timing_only = ["--steps", "0", "--max-time", "0.05", "--cells", "leaky"]
    ended = cli(
        "run", "--suite", "tiny", "--backends", "fake", *timing_only, "--out", tmp_path, "--json"
    )
    assert ended.code == 0
    (row,) = json.loads(ended.out)
    assert (row["status"], row["cell"], row["score"]) == ("ok", "leaky", None)


def test_unsupported_alone_is_no_failure(cli, tmp_path):
    ended = cli("run", "--suite", "tiny", "--backends", "fake:unsupported", "--out", tmp_path)
    assert ended.code == 0
    assert "fake:unsupported unsupported: fakes can't do this" in ended.out


def test_three_processes_are_timed_and_judged(cli, tmp_path):
    rows = ["--backends", "fake:good,fake:second", "--processes", "3", "--precision", "30%"]
    # Time enough for rounds that are undisturbed in both rows, also beside other work.
    timing_only = ["--steps", "0", "--max-time", "10"]
    ended = cli("run", "--suite", "tiny", *rows, *timing_only, "--out", tmp_path, "--json")
    assert ended.code == 0
    shown = json.loads(ended.out)
    assert [row["processes"] for row in shown] == [3, 3]
    verdicts = [row["verdict"] for row in shown]
    assert verdicts.count(None) == 1  # of the one that the other is held against
    assert set(verdicts) <= {None, "faster", "slower", "same", "undecided"}
    run, *workers = reader.read(folders.find(None, tmp_path))
    assert (run.plan.processes, run.plan.precision) == (3, 0.3)
    assert [w.process for w in workers if isinstance(w, Worker)] == [0, 1, 2] * 2
    logs = sorted(path.name for path in folders.find(None, tmp_path).parent.glob("fake-good*.log"))
    assert logs == ["fake-good-1.log", "fake-good-2.log", "fake-good.log"]


def test_a_run_outlives_whoever_read_its_progress(tmp_path):
    read, write = os.pipe()
    process = start(
        "run", "--suite", "tiny", "--backends", "fake:good", "--out", tmp_path, stderr=write
    )
    os.close(write)
    os.close(read)
    out, _ = process.communicate()
    assert process.returncode == 0
    assert "echo · elman" in out


def test_a_run_is_called_by_its_name(cli, tmp_path):
    run = ("run", "--suite", "tiny", "--backends", "fake:raises", "--out", tmp_path)
    assert cli(*run, "--name", "mine").code == 1  # the row fails at once
    first, *_ = reader.read(tmp_path / "mine" / folders.FILE)
    assert first.name == "mine"
    ended = cli(*run, "--name", "mine")
    assert (ended.code, ended.out) == (2, "")
    assert "--name mine: " in ended.err
    ended = cli("run", "--resume", "min", "--out", tmp_path)
    assert f"nothing is left to do in {tmp_path}/mine" in ended.err


def test_quiet_shows_no_progress(fake, cli, tmp_path):
    what = ("run", "--suite", "tiny", "--backends", "fake:good", "--steps", "0", "--out", tmp_path)
    ended = cli(*what, "--max-time", "0.01", "-q")
    assert ended.code == 0
    assert ended.err.startswith("results in ")
    assert len(ended.err.splitlines()) == 1
    assert "fake:good" in ended.out


def test_a_batch_is_split_over_devices_by_whoever_can(cli, tmp_path):
    ended = cli(
        "run", "--suite", "tiny", "--tasks", "echo", "--cells", "elman", "--steps", 4,
        "--backends", "fake:good,fake:second", "--devices", 2, "--threads", 1,
        "--max-time", 0.2, "--out", tmp_path,
    )  # fmt: skip
    assert ended.code == 0
    assert "T 3, batch 4, 1 → 3 → 1 · 2 × cpu, 1 thread, float32" in ended.out
    assert "fake:second unsupported: fake trains on one device only" in ended.out
    shown, _ = json.loads(cli("show", "--json", "--out", tmp_path).out)
    assert (shown["device"], shown["devices"], shown["status"]) == ("2 × cpu", 2, "ok")
    assert shown["parity_error"] < 1e-4
    assert shown["score"] is not None
