"""Pictures: what they show, from records made by hand."""

import json

import pytest
from msgspec.structs import replace
from pictured import HOSTILE, SIZES, aimed, grouped, hostile, scaling
from specimens import BROKEN, FAST, RECORDS, RUN, SLOW, TIMING
from streamed import streamed

from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.one_run import growth
from rnnbench.report.pictures import scaling as scaling_pictures
from rnnbench.report.pictures.kinds import DRAWN, lacking, panels
from rnnbench.report.pictures.learning.curves import FAR_BELOW
from rnnbench.report.pictures.memory import MEDIAN, PARTS, stacked
from rnnbench.report.pictures.streaming import value_of
from rnnbench.report.pictures.style import per_row
from rnnbench.schema.records.training import Training


def layer(panel, mark):
    """Return the layer with a mark."""
    return next(
        one
        for one in panel.description["layer"]
        if one["mark"] == mark or (isinstance(one["mark"], dict) and one["mark"]["type"] == mark)
    )


def values(panel):
    return panel.description["data"]["values"]


def test_the_time_of_a_step_has_its_interval_and_a_failed_row_its_place():
    [panel] = panels("time", RECORDS)
    fast, slow, broken = values(panel)  # in the order of the table
    assert slow["row"] == "fake:second"
    assert [slow[end] for end in ("low", "value", "high")] == pytest.approx([3.8, 4, 4.2])
    assert fast["text"] == "2.0 ±0.1"
    assert (broken["text"], broken["value"]) == ("failed", None)
    assert panel.notes == ["fake:raises failed: RuntimeError: broken"]
    assert "fake:good 2.0 ±0.1" in panel.words


def test_a_time_without_an_interval_is_marked():
    timing = replace(
        TIMING, rounds=TIMING.rounds[:1], rows=[first_round(one) for one in TIMING.rows]
    )
    [panel] = panels("time", [timing if one is TIMING else one for one in RECORDS])
    assert values(panel)[0]["text"] == "~3.9"
    assert values(panel)[0]["low"] is None


def first_round(row):
    """Return a row that was timed for one round."""
    kinds = ("steps", "forwards", "first_steps", "first_forwards")
    processes = [
        replace(one, **{kind: getattr(one, kind)[:1] for kind in kinds}) for one in row.processes
    ]
    return replace(row, processes=processes)


def test_bars_begin_at_zero_and_figures_far_apart_are_points_on_a_logarithmic_scale():
    [panel] = panels("time", RECORDS)
    assert layer(panel, "bar")["encoding"]["x"]["scale"]["zero"] is True
    far = replace(TIMING, rows=[TIMING.rows[0], slower(TIMING.rows[1], 100), TIMING.rows[2]])
    [panel] = panels("time", [far if one is TIMING else one for one in RECORDS])
    assert layer(panel, "point")["encoding"]["x"]["scale"]["type"] == "log"


def slower(row, factor):
    """Return a row that takes so many times as long."""

    def longer(samples):
        return [replace(one, wall_ns=one.wall_ns * factor) for one in samples]

    return replace(row, processes=[replace(one, steps=longer(one.steps)) for one in row.processes])


def test_a_learning_curve_is_the_mean_over_the_seeds_with_its_interval_beside_the_naive_loss():
    [panel] = panels("learning", RECORDS)
    [own] = [line for line in values(panel) if line["row"] == str(FAST)]
    assert (own["step"], own["value"]) == ([1, 10], pytest.approx([0.9, 0.6]))
    assert own["low"][1] < 0.5 < 0.7 < own["high"][1]
    assert layer(panel, "rule")["data"]["values"][0]["naive"] == 0.9
    assert len(set(map(str, layer(panel, "line")["encoding"]["strokeDash"]["scale"]["range"]))) == 3


def test_a_score_stands_against_the_seconds_that_its_training_took():
    [panel] = panels("score", RECORDS)
    by_row = {one["row"]: one for one in values(panel)}
    assert set(by_row) == {str(FAST), str(SLOW)}
    assert by_row[str(FAST)]["value"] == 0.5
    assert by_row[str(FAST)]["seconds"] == pytest.approx(0.1)
    title = layer(panel, "point")["encoding"]["y"]["title"]
    assert title == "error (lower is better)"


def test_a_score_over_length_is_the_mean_over_the_seeds():
    told = iter([[(21.0, 0.5), (22.0, 0.25)], [(21.0, 0.75)]])
    records = [
        replace(one, groups=next(told), grouped_by="length")
        if isinstance(one, Training) and one.row == FAST
        else one
        for one in RECORDS
    ]
    [panel] = panels("over-length", records)
    [line] = values(panel)
    assert (line["number"], line["value"]) == ([21, 22], [0.625, 0.25])
    assert layer(panel, "line")["encoding"]["x"]["title"] == "length"
    assert panels("over-length", RECORDS) == []


def test_a_score_over_length_has_the_interval_over_the_seeds():
    [panel] = panels("over-length", grouped(RECORDS))
    [line] = [line for line in values(panel) if line["row"] == str(FAST)]
    assert (line["number"], line["low"], line["high"]) == ([8, 16], [0.9, 0.5], [0.9, 0.5])


def test_rows_may_call_what_they_are_over_by_other_names():
    """A stranger's file: the first name is taken."""
    names = iter(f"name {number}" for number in range(len(RECORDS)))
    records = [next(iter(grouped([one], next(names)))) for one in RECORDS]
    [panel] = panels("over-length", records)
    assert layer(panel, "line")["encoding"]["x"]["title"].startswith("name ")


def test_the_score_on_the_way_is_drawn_over_seconds_with_the_target():
    [panel] = panels("to-target", aimed(RECORDS))
    [own] = [line for line in values(panel) if line["row"] == str(SLOW)]
    begun = 0.5 - 0.004
    assert own["seconds"] == pytest.approx([begun + 5 * 0.004, begun + 10 * 0.004])
    assert own["value"] == [0.5, 0.4]
    marks = [one["data"]["values"][0] for one in panel.description["layer"] if "data" in one]
    assert [{**mark, "text": None} for mark in marks[::2]] == [
        {"naive": 1.0, "text": None},
        {"target": 0.45, "text": None},
    ]
    assert "fake:good not reached" in panel.words
    assert "fake:second after" in panel.words
    assert panels("to-target", RECORDS) == []


def test_the_score_on_the_way_has_the_interval_over_the_seeds():
    way = {0: [(5, 0.5)], 1: [(5, 0.7)]}
    records = [
        replace(one, scores=way[one.seed]) if isinstance(one, Training) and one.row == FAST else one
        for one in aimed(RECORDS)
    ]
    [panel] = panels("to-target", records)
    [own] = [line for line in values(panel) if line["row"] == str(FAST)]
    assert own["value"] == pytest.approx([0.6, 0.5])
    assert own["low"][0] < 0.5 < 0.7 < own["high"][0]
    band = layer(panel, "area")
    assert [band["encoding"][end]["field"] for end in ("y", "y2")] == ["low", "high"]
    assert panel.caveats == []


def test_an_interval_beyond_a_logarithmic_scale_is_cut_and_it_is_told():
    way = {0: [(5, 0.01)], 1: [(5, 0.03)]}
    records = [
        replace(one, scores=way[one.seed]) if isinstance(one, Training) and one.row == FAST else one
        for one in aimed(RECORDS)
    ]
    [panel] = panels("to-target", records)
    [own] = [line for line in values(panel) if line["row"] == str(FAST)]
    assert layer(panel, "line")["encoding"]["y"]["scale"]["type"] == "log"
    assert own["low"][0] == pytest.approx(0.02 / FAR_BELOW)
    assert panel.caveats == ["intervals are cut at 0.0067; some reach below"]


@pytest.mark.parametrize("kind", ["learning", "over-length"])
def test_an_interval_that_reaches_zero_leaves_curves_their_logarithmic_scale(kind):
    """Two seeds of which one has learnt all: the interval of their mean goes below zero."""
    ways = {0: [(5.0, 0.9), (10.0, 0.001)], 1: [(5.0, 0.9), (10.0, 0.003)]}
    records = [
        replace(one, curve=ways[one.seed], groups=ways[one.seed], grouped_by="length")
        if isinstance(one, Training) and one.row == FAST
        else one
        for one in RECORDS
    ]
    [panel] = panels(kind, records)
    [own] = [line for line in values(panel) if line["row"] == str(FAST)]
    assert layer(panel, "line")["encoding"]["y"]["scale"]["type"] == "log"
    assert own["low"] == pytest.approx([0.9, 0.002 / FAR_BELOW])
    assert panel.caveats[-1] == "intervals are cut at 0.00067; some reach below"


TRAINED = ("learning", "score", "over-length", "to-target")


@pytest.mark.parametrize("kind", TRAINED)
def test_a_single_seed_is_said_to_have_no_interval(kind):
    def without(*rows):
        return [
            one
            for one in aimed(grouped(RECORDS))
            if not isinstance(one, Training) or one.seed == 0 or one.row not in rows
        ]

    run, *others = without(FAST, SLOW, BROKEN)
    few = [replace(run, plan=replace(run.plan, seeds=[0])), *others]
    assert panels(kind, few)[0].caveats == ["of a single seed: no interval"]
    if kind in ("learning", "over-length"):  # of a score all seeds count
        [panel] = panels(kind, without(FAST, BROKEN))
        assert panel.caveats == ["of a single seed: no interval: fake:good"]


@pytest.mark.parametrize("kind", TRAINED)
def test_rows_that_are_not_drawn_are_named(kind):
    [panel] = panels(kind, aimed(grouped(RECORDS)))
    assert panel.notes == ["fake:raises failed: RuntimeError: broken"]


def test_rows_without_figures_are_named_though_they_are_ok():
    records = [
        replace(one, seconds=None) if isinstance(one, Training) and one.row == SLOW else one
        for one in RECORDS
    ]
    [panel] = panels("score", records)
    untold = "not drawn, without a score or the seconds of its training: fake:second"
    assert panel.notes == ["fake:raises failed: RuntimeError: broken", untold]


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("learning", "line"), ("score", "point"), ("over-length", "line"), ("to-target", "line")],
)
def test_the_legend_tells_of_rows_that_are_drawn_and_each_keeps_its_colour(kind, mark):
    [panel] = panels(kind, aimed(grouped(RECORDS)))
    for channel in layer(panel, mark)["encoding"].values():
        if channel.get("field") == "row":
            assert channel["legend"]["values"] == [line["row"] for line in values(panel)]
            assert channel["scale"]["domain"] == ["fake:good", "fake:raises", "fake:second"]


def test_memory_is_the_peak_where_a_run_does_not_tell_what_a_row_adds():
    [panel] = panels("memory", RECORDS)
    slow, _, broken = values(panel)
    assert (slow["part"], slow["mib"]) == ("peak", 3)
    assert broken["status"] == "failed"


def test_the_parts_of_memory_are_told_by_a_legend_and_one_row_has_a_width():
    bars = stacked(1, PARTS).description["layer"][0]
    fill = bars["encoding"]["fill"]
    assert fill["scale"]["domain"] == ["before any model", "row adds"]
    assert fill["scale"]["range"] == ["rgba(0, 114, 178, 0.2)", "rgba(0, 114, 178, 1.0)"]
    assert fill["legend"]
    assert per_row(["a"])["strokeWidth"]["scale"]["range"] == [4.5, 1.5]


def test_growth_is_drawn_with_the_points_the_fit_and_its_exponent():
    step, forward, memory = panels("scaling", list(scaling()))
    assert [one["size"] for one in values(step)[::2]] == list(SIZES)
    names = layer(step, "point")["encoding"]["color"]["scale"]["domain"]
    assert names[1].startswith("fake:second · hidden^2.0")
    fitted = layer(step, "line")["data"]["values"]
    assert fitted[39]["fitted"] == pytest.approx(1.1, rel=0.01)
    assert "forward" in forward.title
    assert "memory" in memory.title  # which does not grow: no curve
    assert layer(memory, "line")["data"]["values"] == []


def test_growth_is_told_with_the_sizes_that_are_not_varied():
    records = list(scaling())
    points, _ = growth.tables(row_results(records), "hidden")
    for panel in panels("scaling", records):
        assert panel.setting == points.setting == "T 3, batch 4, layers 1 · cpu, 2 threads, float32"


def test_a_point_without_an_interval_is_named():
    records = list(scaling())
    second = records[2]
    little = first_round(second.rows[1])
    failed = replace(records[3].rows[1], status="failed", reason="RuntimeError: broken")
    records[2] = replace(second, rows=[second.rows[0], little])
    records[3] = replace(records[3], rows=[records[3].rows[0], replace(failed, processes=[])])
    step, _, memory = panels("scaling", records)
    unsure = "no interval, of too few undisturbed rounds: fake:second at hidden 16"
    assert step.caveats == [unsure]
    assert step.notes[0] == "fake:second at hidden 32 failed: RuntimeError: broken"
    assert memory.caveats == [MEDIAN]


def test_over_devices_a_point_without_an_interval_is_named_too():
    own = [one for one in row_results(list(scaling())) if one.row == FAST][:3]
    counts = zip(own, (1, 2, 4), strict=True)
    results = [replace(one, hidden=3, devices=count) for one, count in counts]
    results[1] = replace(results[1], train_step_ms=Estimate(0.2))
    step, *_ = scaling_pictures.curves(results, "devices")
    assert step.setting == "T 3, batch 4, hidden 3, layers 1 · cpu, 2 threads, float32"
    unsure = "no interval, of too few undisturbed rounds: fake:good at devices 2"
    assert step.caveats == [unsure, scaling_pictures.JOINED]
    assert step.notes == []


def test_the_costs_of_a_scaling_run_have_marks_however_near_they_are():
    for panel in panels("scaling", list(scaling())):
        marks = layer(panel, "point")["encoding"]["y"]["axis"]["values"]
        figures = [one["value"] for one in values(panel)]
        low, high = (min(figures), max(figures))
        if low == high:
            low, high = layer(panel, "point")["encoding"]["y"]["scale"]["domain"]
        assert sum(low <= mark <= high for mark in marks) >= 3


def test_the_latency_of_a_step_has_its_median_and_its_99th_percentile():
    [panel] = panels("latency", streamed())
    fast, tail, *_, broken = values(panel)
    assert (fast["part"], fast["value"]) == ("median", pytest.approx(10))
    assert fast["both"] == "10.000 · 50.00"  # the digits of the table: they do not scatter
    assert [one["text"].split(" ")[0] for one in (fast, tail)] == fast["both"].split(" · ")
    assert (tail["part"], tail["value"]) == ("99th percentile", pytest.approx(50))
    assert (broken["text"], broken["value"]) == ("unsupported", None)
    assert panel.notes == ["fake:raises: it has no loop"]
    assert panels("latency", RECORDS) == []


def test_a_latency_has_the_digits_of_the_table():
    assert value_of(Estimate(138.2, 105, 175)) == "140"
    assert value_of(Estimate(1000.6, 931, 1071)) == "1001"
    assert value_of(Estimate(138.2)) == "~140"


def test_a_run_without_the_figures_has_no_picture():
    assert panels("scaling", RECORDS) == []
    assert [panels(kind, [RUN]) for kind in DRAWN] == [[]] * len(DRAWN)


def test_a_run_without_trainings_is_not_said_to_lack_a_task_that_tells_lengths():
    assert "no task tells" in lacking("over-length", RECORDS)
    assert lacking("over-length", [RUN, TIMING]) == "no training was finished"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_strangers_stands_in_values_and_titles_alone(text):
    records = list(hostile(text))
    for kind in DRAWN:
        for panel in panels(kind, records):
            assert text not in json.dumps(without_texts(panel.description))


def without_texts(spec):
    """Return a description without data, titles and names of rows."""
    if isinstance(spec, list):
        return [without_texts(one) for one in spec]
    if isinstance(spec, dict):
        texts = ("values", "title", "domain")
        return {key: without_texts(one) for key, one in spec.items() if key not in texts}
    return spec
