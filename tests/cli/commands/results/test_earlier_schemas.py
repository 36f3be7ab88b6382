"""Results files that earlier versions wrote are read as they were."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PUBLISHED = ROOT / "results" / "published" / "default"
ROWS = ["jax:fused", "torch:fused", "numpy:fused", "tensorflow:keras"]
TRAINED, LARGE = "c3f1189965c5", "b927540325ff"
#: By schema: what was found of ``torch:fused`` where it was trained, and of the large comparison.
FIGURES = {
    2: {
        TRAINED: {
            "rounds": 45,
            "clean": 35,
            "train_step_ms": 2.5720556363636367,
            "train_step_ms_low": 2.288346454545455,
            "ratio": 2.2548092864907714,
            "loss": 0.0025794135872274637,
            "score": 0.0032023793270151155,
        },
        LARGE: {"rounds": 8, "clean": 7, "peak_memory_mib": 465.4609375},
    },
    3: {
        TRAINED: {
            "rounds": 31,
            "clean": 28,
            "train_step_ms": 2.6073721060686426,
            "train_step_ms_low": 2.333056586206896,
            "ratio": 2.01116752545448,
            "loss": 0.0025794135872274637,
            "score": 0.0032023793270151155,
        },
        LARGE: {"rounds": 7, "clean": 6, "peak_memory_mib": 469.1875},
    },
}


@pytest.fixture(params=FIGURES, ids="schema-{}".format)
def schema(request):
    return request.param


@pytest.fixture
def run(schema):
    return ROOT / "tests" / "data" / f"schema-{schema}"


def test_it_is_whole(cli, run):
    ended = cli("check-results", run)
    assert ended.code == 0
    assert ended.out == f"{run}/results.jsonl: whole, finished, 15 records\n"


def test_its_figures_are_those_that_it_had(cli, run, schema):
    rows = json.loads(cli("show", "--json", run).out)
    assert [(row["comparison"], row["status"]) for row in rows] == (
        [(TRAINED, "ok")] * 4 + [(LARGE, "ok")] * 4
    )
    for comparison, figures in FIGURES[schema].items():
        (row,) = (r for r in rows if (r["comparison"], r["backend"]) == (comparison, "torch"))
        assert {name: row[name] for name in figures} == pytest.approx(figures, rel=1e-12)


def test_its_table_has_every_row(cli, run, schema):
    ended = cli("show", run)
    assert (ended.code, ended.err) == (0, "")
    assert "adding-problem · lstm\nT 30, marks in halves, batch 32" in ended.out
    words = ended.out.split()
    assert [word for word in words if word in ROWS][:4] == ROWS
    times = {2: "jax:fused         1.14 ±0.05", 3: "jax:fused           1.3 ±0.1"}
    assert times[schema] in ended.out


@pytest.mark.parametrize(
    ("other", "there_too"),
    [(None, ROWS), (PUBLISHED, ROWS[:3])],  # where TensorFlow's default is another variant
    ids=["itself", "published"],
)
def test_it_is_compared(cli, run, other, there_too):
    ended = cli("compare", run, other or run)
    assert (ended.code, ended.err) == (0, "")
    assert " not judged" in ended.out  # each row has one process
    found = json.loads(cli("compare", run, other or run, "--json").out)
    both = [row for row in found["rows"] if row["old"] and row["new"]]
    assert sorted(f"{row['backend']}:{row['variant']}" for row in both) == sorted(2 * there_too)
    sure = [row for row in both if row["old_low"] and row["new_low"]]  # in rounds enough
    assert [row for row in both if row["ratio"] is not None] == sure
    assert len(sure) >= len(there_too)
    if not other:
        assert {row["ratio"] for row in sure} == {1.0}
