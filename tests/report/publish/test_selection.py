"""What is filtered, sorted and shown."""

from dataclasses import replace as replace_dataclass

import pytest
from msgspec.structs import replace
from published import LARGE, WIDE, run, sources
from specimens import PLANNED

from rnnbench.errors import UsageError
from rnnbench.report.publish.selection import chosen, metrics, selection, some


def left(filters, *records):
    """Return what is left of the rows of runs."""
    kept = chosen(sources(*(records or [run(planned=WIDE)])), selection(filters))
    return [(one.task, one.cell, str(one.row)) for where in kept for one in where.results]


def test_filters_take_one_of_their_values_and_all_of_them():
    assert len(left([])) == 12
    found = left(["cell=gru", "task=adding", "status=ok"])
    assert found == [("adding", "gru", "fake:second"), ("adding", "gru", "fake:good")]
    assert len(left(["cell=gru,lstm", "task = adding", "status=ok"])) == 4


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("row=fake:raises", 4),
        ("variant=good,second", 8),
        ("batch=4", 12),
        ("denormals_flushed=true", 12),
        ("data-hash=none", 12),
        ("sizes=T 3, batch 4, 1 → 3 → 1", 12),
        ("status=timeout", 0),
    ],
)
def test_a_filter_is_of_a_name_a_word_or_a_count(text, count):
    hashless = [replace(one, data_hash=None) for one in WIDE]
    assert len(left([text], run(planned=hashless))) == count


def test_what_a_row_does_not_have_is_none():
    bare = run(planned=[replace(PLANNED, comparison=replace(PLANNED.comparison, cell=""))])
    assert len(left(["cell=none"], bare)) == 3
    with pytest.raises(UsageError, match=r"no row has that\. There are: none\."):
        left(["cell=lstm"], bare)


def test_of_no_rows_none_is_named():
    (empty,) = (replace_dataclass(where, results=[]) for where in sources(run(planned=WIDE)))
    with pytest.raises(UsageError, match=r"no row has that\. There are no rows\.$"):
        chosen([empty], selection(["cell=lstm"]))


def test_one_key_twice_adds_values():
    assert len(left(["cell=gru", "cell=lstm"])) == 12


def test_a_machine_and_a_run_are_filters():
    both = run(name="small"), run(LARGE, "r2", "large")
    assert len(left(["run=large"], *both)) == 3
    assert len(left(["machine=large CPU, 64 CPUs, Linux 6"], *both)) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cel=lstm", "unknown column of --filter 'cel'. Did you mean 'cell'?"),
        ("cell=lsmt", "--filter cell='lsmt': no row has that. Did you mean 'lstm'? There are: gru"),
        ("cell", "--filter 'cell' is not KEY=VALUE, as in cell=lstm,gru"),
        ("cell=", "--filter 'cell=' is not KEY=VALUE"),
        ("ratio=1", "--filter ratio: it is a figure; filter by a name, a word or a count"),
    ],
)
def test_what_makes_no_sense_is_told_with_what_was_meant(text, message):
    with pytest.raises(UsageError) as error:
        left([text])
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("option", ["columns", "sort"])
def test_of_the_many_columns_the_close_ones_are_named_and_where_all_are(option):
    with pytest.raises(UsageError) as error:
        selection(**{option: "trainstep"})
    assert str(error.value) == (
        f"unknown column of --{option} 'trainstep'. Did you mean 'train_step_ms', "
        "'train_step_ms_p10' or 'printed'? All are in docs/results.md, and in what rnnbench show "
        "--json prints."
    )


def test_of_many_values_the_closest_are_named():
    many = [replace(PLANNED, comparison=replace(PLANNED.comparison, batch=k)) for k in range(1, 99)]
    with pytest.raises(UsageError) as error:
        left(["batch=120"], run(planned=many))
    assert "Did you mean '20'? There are: 20, 12, 10" in str(error.value)
    assert str(error.value).count(",") == 20


def test_no_row_is_a_usage_error_where_one_is_needed():
    with pytest.raises(UsageError, match="no row is left by --filter status=oom"):
        some(sources(run()), selection(["status=oom"]))
    with pytest.raises(UsageError, match="no comparison was finished in small: name another run"):
        some(sources([run(name="small")[0]]), selection())


def test_rows_are_sorted_by_a_column_what_is_unknown_last():
    (one,) = sources(run())
    for sort, rows in (
        ("train_step_ms", ["good", "second", "raises"]),
        ("-train-step-ms", ["second", "good", "raises"]),
        ("variant", ["good", "raises", "second"]),
    ):
        found = selection(sort=sort).in_block(one, one.results)
        assert [each.row.variant for each in found] == rows


@pytest.mark.parametrize("key", ["row", "machine", "run"])
def test_what_is_a_filter_is_an_order_as_well(key):
    both = sources(run(name="small"), run(LARGE, "r2", "large"))
    pairs = [(where, one) for where in both for one in where.results]
    for sort, turned in ((key, False), (f"-{key}", True)):
        found = [told_of(key, *pair) for pair in selection(sort=sort).in_order(pairs)]
        assert found == sorted((told_of(key, *pair) for pair in pairs), reverse=turned)


def told_of(key, where, one):
    """Return what a filter by a key takes of a row."""
    return {"row": str(one.row), "machine": where.made.place, "run": where.made.called}[key]


def test_a_heading_of_the_table_is_told_by_the_name_of_its_column():
    with pytest.raises(UsageError, match=r"what its tables call error is parity_error or score$"):
        chosen(sources(run(name="small")), selection(columns="row,error"))


def test_columns_and_metrics_are_known_names():
    assert selection(columns="ratio, row,kernel,ratio").columns == ["ratio", "row", "kernel"]
    assert metrics("score,train-step") == ["score", "train_step_ms"]
    for wrong, call in (
        ("kernl", lambda: selection(columns="kernl")),
        ("trainstep", lambda: metrics("trainstep")),
        ("", lambda: metrics("")),
        ("rato", lambda: selection(sort="-rato")),
    ):
        with pytest.raises(UsageError, match=repr(wrong)):
            call()
    with pytest.raises(UsageError, match="--columns is empty"):
        selection(columns=" ,")
