"""A run in Python: its rows, its curves, its tables, its pictures, and what of it has failed."""

import html
import re
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from pictured import HOSTILE, hostile
from specimens import PLAN, PLANNED, RECORDS, RUN
from streamed import streamed

import rnnbench as rb
from rnnbench.analysis.row_objects import columns
from rnnbench.api.measured_run import Run, filter_texts
from rnnbench.results import codec


@pytest.fixture
def load(tmp_path):
    """Write records as a run, and load it."""

    def loaded(records=RECORDS):
        path = tmp_path / "results" / "some-run" / "results.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"".join(map(codec.encode, records)))
        return rb.load("some-run", out=tmp_path / "results")

    return loaded


@pytest.fixture
def extra():
    """Skip what needs the extra ``plot`` where it is not installed."""
    for name in ("jinja2", "vl_convert"):
        pytest.importorskip(name, reason="the extra plot is not installed")


def formatted(found):
    """Return what a notebook is given of an object, by the kind of output."""
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")
    return formatters.DisplayFormatter().format(found)[0]


def test_a_frame_has_a_line_per_row_and_the_columns_of_the_documents(load):
    frame = load().frame()
    assert list(frame.columns) == ["row", *(column.name for column in columns())]
    assert list(frame.row) == ["fake:second", "fake:good", "fake:raises"]
    assert list(frame.variant) == ["second", "good", "raises"]
    assert list(frame.train_step_ms)[:2] == pytest.approx([4.0, 2.0])


def test_rows_are_chosen_ordered_and_held_against_another_one_as_on_the_command_line(load):
    run = load()
    given = {"filter": {"status": "ok"}, "sort": "-train_step_ms"}
    assert list(run.frame(**given).variant) == ["second", "good"]
    chosen = run.frame(**given, columns=["row", "ratio"], baseline="fake:second")
    assert list(chosen.columns) == ["row", "ratio"]
    assert list(chosen.ratio) == pytest.approx([1.0, 0.5])


def test_a_filter_is_a_table_or_what_the_command_line_takes():
    assert filter_texts({"cell": ["lstm", "gru"], "environment": None, "hidden": 64}) == [
        "cell=lstm",
        "cell=gru",
        "environment=none",
        "hidden=64",
    ]
    assert filter_texts("cell=lstm,gru") == ["cell=lstm,gru"]
    assert filter_texts(None) == []


def test_what_strict_would_say_names_the_rows(load):
    assert load().objection == "echo lstm fake:second ±5 %, not ±2 %"


def test_a_stream_has_rows_of_its_own_and_can_be_complete():
    run = run_of(streamed())
    assert {"latency_us", "p99_us"} <= {*run.frame().columns}
    assert list(run.frame(filter={"status": "ok"}).variant) == ["good", "second"]
    assert run.ok


def test_curves_have_a_line_per_training_and_step(load):
    curves = load().curves()
    good = curves[curves.variant == "good"]
    assert list(zip(good.seed, good.step, good.loss, strict=True)) == [
        (0, 1, 0.9),
        (0, 10, 0.5),
        (1, 1, 0.9),
        (1, 10, 0.7),
    ]
    assert curves.score.isna().all()


def test_what_failed_is_named_with_its_reason(load):
    run = load()
    assert run.failures == [("echo lstm fake:raises", "failed", "RuntimeError: broken")]
    assert run.complete
    assert not run.ok
    assert repr(run).endswith("· 1 failed>")


def test_a_run_without_failures_is_ok_once_it_is_complete(load):
    plan = replace(PLAN, rows=PLAN.rows[:2])
    kept = [replace(one, rows=one.rows[:2]) if hasattr(one, "rows") else one for one in RECORDS[1:]]
    assert run_of([replace(RUN, plan=plan), *kept]).ok
    more = replace(PLANNED, comparison=replace(PLANNED.comparison, hidden=4))
    begun = run_of([replace(RUN, plan=replace(plan, comparisons=[PLANNED, more])), *kept])
    assert not begun.failures
    assert not begun.ok
    assert repr(begun).endswith("· not complete>")


def run_of(records):
    """Return records as a run."""
    return Run(records, Path("results/x/results.jsonl"))


def test_a_table_is_markdown_and_shows_itself(extra, load):
    tables = load().table()
    assert len(tables) == 1
    assert repr(tables) == repr(tables[0]) == "".join(map(repr, tables))
    assert "| fake:good | **2.0 ±0.1** |" in repr(tables)
    shown = formatted(tables)["text/html"]
    assert "2.0 ±0.1" in shown
    assert "fake:raises failed: RuntimeError: broken" in shown


def test_a_word_that_there_is_not_is_refused_in_a_line(load):
    run = load()
    with pytest.raises(rb.UsageError, match=r"^Invalid value for '--pivot': 'cel' is not one of"):
        run.table(pivot="cel")
    with pytest.raises(rb.UsageError, match=r"^Invalid value for '--filter': 3 is no list"):
        run.frame(filter=3)
    with pytest.raises(rb.UsageError, match=r"^Invalid value for '--interval': 'no' is not one of"):
        rb.publish(run, format="latex", interval="no")


def test_a_pivot_is_one_wide_table(load):
    [wide] = load().table(filter={"status": "ok"}, pivot="backend", metric=["train-step", "score"])
    assert "fake:second" in repr(wide)
    assert "raises" not in repr(wide)


def test_a_run_shows_its_page_in_a_frame(extra, load):
    shown = formatted(load())
    assert shown["text/plain"].startswith("<Run some-run: rnnbench 0.1.0 · fake 1.2 · some CPU")
    frame = shown["text/html"]
    assert re.fullmatch(r'<iframe sandbox="allow-scripts" srcdoc="[^"]*" [^<>]*></iframe>', frame)
    page = html.unescape(re.search('srcdoc="([^"]*)"', frame)[1])
    assert '<td class="number best" data-value="2">2.0 ±0.1</td>' in page


def test_the_best_of_a_table_is_bold(extra, load):
    shown = load().table()._repr_html_()
    bold = '<td class="number best" style="font-weight: bold" data-value="2">2.0 ±0.1</td>'
    assert bold in shown
    assert "&#34;" not in shown


def test_without_the_extra_a_run_shows_its_rows_and_says_how_to_get_it(load, monkeypatch):
    from rnnbench.site import templating

    run = load()
    templating.environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setitem(sys.modules, "markupsafe", None)
    try:
        assert "pip install 'rnnbench[plot]'" in run._repr_html_()
        assert "<table" in run._repr_html_()
        assert run.table()._repr_html_() is None
    finally:
        templating.environment.cache_clear()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strangers_texts_are_texts(extra, load, text):
    run = load(list(hostile(text)))
    frame = run._repr_html_()
    page = html.unescape(re.search('srcdoc="([^"]*)"', frame)[1])
    for shown in (run.table()._repr_html_(), frame, page):
        assert text not in shown or not set("<>&") & set(text)


def test_a_picture_shows_itself_and_is_written_to_a_file(extra, load, tmp_path):
    picture = load().plot("learning")
    assert picture._repr_svg_().startswith("<svg")
    assert picture.save(tmp_path / "curves.svg").read_text().startswith("<svg")
    with pytest.raises(rb.UsageError, match=r"its name ends in \.svg, \.png or \.html"):
        picture.save(tmp_path / "curves.txt")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda run: run.plot("lerning"), "unknown value of --kind 'lerning'. Did you mean"),
        (lambda run: run.plot("scaling"), "--kind scaling: it is no run of rnnbench scale"),
        (lambda run: run.frame(columns="ratoi"), "unknown column of --columns 'ratoi'"),
        (lambda run: run.frame(baseline="torch"), "unknown row 'torch'"),
        (lambda run: run.frame(delta=5), "Invalid value for '--delta': 5 is not between 0 and 1"),
        (lambda run: run.table(filter={"cell": "gru"}), "--filter cell='gru': no row has that."),
        (lambda run: run.table(metric="spede"), "unknown value of --metric 'spede'"),
    ],
)
def test_what_makes_no_sense_is_said_as_on_the_command_line(extra, load, call, told):
    run = load()
    with pytest.raises(rb.UsageError) as raised:
        call(run)
    assert str(raised.value).startswith(told)
