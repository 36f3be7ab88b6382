"""Streams on pages and in tables: rows that were given one step at a time."""

import csv
import json

import pytest
from sites import again, write
from specimens import SLOW
from streamed import streamed

from rnnbench.errors import UsageError
from rnnbench.report.publish import publication
from rnnbench.report.publish.publication import Asked
from rnnbench.report.publish.selection import Selection, selection, some
from rnnbench.report.publish.sources import source


def test_a_site_has_a_page_of_its_streams_beside_comparisons(tmp_path):
    public = write(tmp_path / "public", [again("timed", "2026-01-03", "a" * 40), streamed()])
    page = (public / "streams.html").read_text()
    assert page.count("one step at a time</h2>") == 1
    assert page.count(',"form":') == 1
    assert "fake:raises: it has no loop" in page
    assert 'href="streams.html"' in (public / "rows.html").read_text()


def test_a_site_of_streams_alone_has_no_empty_pages(tmp_path):
    public = write(tmp_path / "public", [streamed()])
    assert not (public / "rows.html").exists()
    assert "rows.html" not in (public / "index.html").read_text()
    assert (public / "streams.html").exists()


def test_tables_of_streams_stand_in_formats_for_people():
    runs = some([source(streamed())], Selection())
    for form in ("markdown", "latex"):
        assert "99th percentile" in publication.drawn(runs, Selection(), Asked(form)).decode()
    with pytest.raises(UsageError, match="--pivot is of training steps"):
        publication.drawn(runs, Selection(), Asked("csv", pivot="cell"))


def test_programs_get_the_figures_of_streams_as_plain_numbers():
    runs = some([source(streamed())], Selection())
    found = json.loads(publication.drawn(runs, Selection(), Asked("json")))["rows"]
    lines = list(
        csv.DictReader(publication.drawn(runs, Selection(), Asked("csv")).decode().splitlines())
    )
    objects = [one.plain for one in runs[0].streams]
    for line, row, plain in zip(lines, found, objects, strict=True):
        own = {key: value or None for key, value in plain.items()}
        assert {key: row[key] or None for key in own} == own
        for key in ("latency_us_low", "p99_us", "p99_us_high", "steps_per_s", "clean"):
            assert line[key] == ("" if plain[key] is None else str(plain[key]))


def test_streams_are_filtered_ordered_and_have_columns_that_are_asked_for():
    wanted = selection(["status=ok"], "p99_us,run,kernel", "-latency_us")
    (run,) = some([source(streamed())], wanted)
    (table,) = publication.tables([run], wanted, Asked())
    assert [column.key for column in table.columns] == ["row", "run", "p99_us", "kernel"]
    assert [row[0] for row in table.rows] == ["fake:second", "fake:good"]
    found, *_ = source(streamed(), baseline=SLOW).streams
    assert found.ratio.value == pytest.approx(0.5)
    with pytest.raises(UsageError, match="no column train_step_ms: its rows were given one step"):
        some([run], selection(columns="train_step_ms"))
    with pytest.raises(UsageError, match="no row is left"):
        some([run], selection(["status=oom"]))


def test_one_table_has_rows_of_one_kind_and_says_what_is_left_out(tmp_path):
    both = [source(again("timed", "2026-01-03", "a" * 40)), source(streamed())]
    found = json.loads(publication.drawn(both, Selection(), Asked("json")))
    assert {"train_step_ms"} <= set(found["rows"][0])
    (left,) = publication.left_out(both, Selection(), Asked("json"))
    assert found["notes"] == [left]
    assert publication.left_out(both, Selection(), Asked("markdown")) == []
    wanted = selection(columns="latency_us")
    assert some(both, wanted) == both[1:]
    assert publication.left_out(both, wanted, Asked("csv"))[0].startswith("left out: timed,")
    with pytest.raises(UsageError, match="no column latency_us: its rows were timed in training"):
        some(both[:1], wanted)
