"""Heat maps of gradients on their way back through time."""

from rnnbench.introspection.flow import Flow, GradientFlow, Setting
from rnnbench.measure.estimates import Estimate
from rnnbench.report.pictures.maps.gradients import BEYOND, END, MOST, heat_maps


def flow(cell="elman", radius=0.5, norm=(1.0, 0.5, 0.25), **options):
    """Return how the gradient of a cell flows."""
    ends = list(norm)
    return Flow(
        cell=cell,
        options=options,
        radius=radius,
        bound=None,
        norm=ends,
        norm_low=ends,
        norm_high=ends,
        parts={"h": ends},
        rate=Estimate(0.5),
        half_distance=1.0,
        doubling_distance=None,
        verdict="vanishes",
        gradient=None,
        clipped_by=None,
    )


def maps(*flows, length=2):
    return heat_maps(GradientFlow(setting=Setting(length=length), flows=list(flows)))


def lines(panel):
    return panel.description["data"]["values"]


def test_each_cell_has_a_map_with_a_line_per_radius():
    elman, lstm = maps(flow(), flow(radius=1.5), flow("lstm", forget_bias=3.0))
    assert [line["radius"] for line in lines(elman)] == ["0.5", "1.5"]
    assert lines(elman)[0]["norm"] == [1.0, 0.5, 0.25]
    assert (lines(elman)[0]["first"], lines(elman)[0]["last"]) == ([0, 1, 2], [1, 2, 3])
    assert lstm.title == "lstm (forget_bias 3)"
    assert "radius 0.5 vanishes: halves every 1 steps" in elman.words


def test_what_is_beyond_the_colours_has_the_last_of_them():
    [panel] = maps(flow(norm=(1.0, 0.0, None)))
    assert lines(panel)[0]["norm"] == [1, 1 / END, END]
    assert panel.notes == [BEYOND]
    assert maps(flow())[0].notes == []


def test_a_cell_without_recurrent_matrices_has_one_line():
    [panel] = maps(flow(radius=None))
    assert [line["radius"] for line in lines(panel)] == ["–"]


def test_a_long_line_is_drawn_in_pieces():
    [panel] = maps(flow(norm=[1.0] * 10_001))
    [line] = lines(panel)
    assert len(line["norm"]) <= MOST
    assert (line["first"][0], line["last"][-1]) == (0, 10_001)


def test_one_legend_tells_the_colours():
    [panel] = maps(flow())
    pieces = panel.description["layer"][0]["encoding"]
    assert [name for name, channel in pieces.items() if channel.get("legend")] == ["color"]
    assert {"fill", "stroke"}.isdisjoint(pieces)
