"""``rnnbench scale``, end to end."""

import json
import re

import pytest
from commands import rnnbench

from rnnbench.results import reader
from rnnbench.results.queries import timings
from rnnbench.results.runs import folders

RANGE = ("--from", 2, "--to", 16, "--points", 4)
FAST = ("--task", "echo", "--max-time", 0.4, "--batch", 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("scaled")


@pytest.fixture(scope="module")
def scaled(folder):
    """A scaling run over time steps, which are called steps."""
    backends = "fake:good,fake:raises"
    return rnnbench(
        "scale", "--over", "steps", *RANGE, *FAST, "--backends", backends, "--out", folder
    )


def test_a_run_prints_points_and_fits_and_names_what_failed(scaled):
    assert "echo · lstm · over length\nbatch 2, hidden 3, layers 1 · cpu, " in scaled.out
    assert "how it grows\ncost = fixed + growing · (T / largest T)^exponent" in scaled.out
    failed = r"fake:raises at T 2 failed: backend .fake. of .*: program\(\) raises RuntimeError: "
    assert re.search(failed, " ".join(scaled.out.split()))
    (unfitted,) = re.findall(r"measured at 0 sizes; a fit needs 4: ([^.]*?)\n  \w", scaled.out)
    assert "fake:raises memory" in " ".join(unfitted.split())
    assert "T: time steps of a sequence, from 2 to 16" in scaled.out
    assert scaled.code == 1  # for the row that failed


def test_a_run_is_an_ordinary_one(scaled, folder):
    records = reader.read(folders.find(None, folder))
    assert [timing.length for timing in timings(records)] == [2, 4, 8, 16]
    shown = rnnbench("show", "--out", folder)
    assert shown.out.endswith(scaled.out.partition("\n\n")[2])
    assert "T 2, batch 2, 1 → 3 → 1 · cpu" in shown.out
    assert len(json.loads(rnnbench("show", "--json", "--out", folder).out)) == 8


def test_fits_are_printed_for_scripts(cli, tmp_path):
    ended = cli(
        "scale", "--over", "batch", *RANGE, "--task", "echo", "--cell", "elman",
        "--max-time", 0.2, "--backends", "fake", "--json", "--out", tmp_path,
    )  # fmt: skip
    assert ended.code == 0
    found = json.loads(ended.out)
    assert [one["cost"] for one in found] == ["train step", "forward", "memory"]
    assert {one["over"] for one in found} == {"batch"}
    assert all(sorted(one["sizes"] + one["aside"]) == [2, 4, 8, 16] for one in found[:2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", 9, "--to", 2), "--from 9 --to 2: the largest size is below the smallest"),
        (("--from", 1, "--to", 3), "a fit needs 4"),
        (("--from", 0, "--to", 3), "'--from': 0 is not a whole number from 1 to 2147483648."),
        ((*RANGE[:4], "--points", 3), "'--points': 3 is not a whole number from 4 to 1000."),
        ((*RANGE, "--device", "tpu"), "--device 'tpu'"),
    ],
)
def test_bad_ranges_are_refused(cli, tmp_path, arguments, message):
    out = tmp_path / "none"
    ended = cli("scale", "--over", "hidden", *arguments, *FAST, "--out", out)
    assert ended.code == 2
    assert message in ended.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--over", "batch", *RANGE, "--weak"),
            "--weak with --over batch: it is for --over devices",
        ),
        (("--over", "devices", "--from", 2, "--to", 2), "only the sizes 2; a fit needs 2"),
    ],
)
def test_what_devices_cant_be_compared_is_told(cli, options, told):
    assert told in cli("scale", *options, "--task", "echo", "--backends", "fake").err


def test_devices_are_told_by_their_efficiency_and_the_law_of_amdahl(cli, tmp_path):
    ended = cli(
        "scale", "--over", "devices", "--from", 1, "--to", 2, "--task", "echo", "--cell", "elman",
        "--batch", 4, "--max-time", 0.2, "--threads", 1, "--backends", "fake", "--out", tmp_path,
    )  # fmt: skip
    assert ended.code == 0
    assert "over devices\nT 3, batch 4, hidden 3, layers 1 · cpu, 1 thread" in ended.out
    assert "Amdahl's law\ntime(n) = time(1) · (s + (1 - s) / n)" in ended.out
    assert cli("plot", "--out", tmp_path, "--output", tmp_path / "devices.html").code == 0
