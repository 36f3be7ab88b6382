"""Pictures as files."""

import re
import sys
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from pictured import HOSTILE, aimed, grouped, hostile, scaling
from specimens import RECORDS
from streamed import streamed

from rnnbench.errors import UsageError
from rnnbench.report.pictures import drawing
from rnnbench.report.pictures.kinds import DRAWN, panels
from rnnbench.report.pictures.style import COLOURS, THEMES

TAGS = {"svg", "g", "rect", "path", "text", "tspan", "line", "defs", "clipPath"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def library():
    pytest.importorskip("vl_convert")


def svg(kind, records, theme="light"):
    return drawing.draw(panels(kind, records), ["a run"], "svg", theme).decode()


@pytest.mark.parametrize("kind", DRAWN)
def test_each_kind_is_drawn(kind, capfd):
    text = svg(kind, grouped(aimed(RECORDS)))
    words = {one.text for one in ElementTree.fromstring(text).iter(f"{SVG}text")}
    assert {"a run", "echo · lstm", "fake:good", "fake:second"} <= words
    assert capfd.readouterr().err == ""


def test_a_scaling_run_is_drawn_alike_each_time():
    records = list(scaling())
    assert svg("scaling", records) == svg("scaling", records)
    assert "hidden (units per layer)" in svg("scaling", records)


def test_a_stream_is_drawn():
    assert "99th percentile" in svg("latency", streamed())


def test_dark_paper_is_dark():
    ink, paper = THEMES["dark"]
    text = svg("time", RECORDS, "dark")
    assert f'fill="{paper}"' in text
    assert f'fill="{ink}"' in text


def test_what_stands_below_a_title_is_no_wider_than_the_panel():
    [panel] = panels("time", RECORDS)
    setting = (
        "T 32, characters of a book, batch 32, 104 → 32 → 64 → 104 · gpu:0, 16 threads, float32"
    )
    found = drawing.below(replace(panel, setting=setting, notes=["a note"]))
    assert " ".join(found) == f"{setting} a note"
    assert max(map(len, found)) * drawing.LETTER <= drawing.WIDTH


def test_a_long_note_has_lines_and_a_very_long_one_an_end():
    [panel] = panels("time", RECORDS)
    reason = "torch:fused unsupported: torch:fused has no kernel for the cell 'jordan'; torch:eager"
    lines = drawing.below(replace(panel, setting="", notes=[f"{reason} can", "word " * 200]))[1:]
    assert " ".join(lines[:2]) == f"{reason} can"
    assert len(lines) == 2 + drawing.MOST_LINES
    assert lines[-1].endswith("word ...")
    assert max(map(len, lines)) <= drawing.LONGEST


def test_panels_side_by_side_begin_at_one_height_and_others_need_no_such_room():
    [panel] = panels("time", RECORDS)
    told = replace(panel, notes=["one", "two", "three"])
    found = drawing.sheet([panel, told, panel, panel], ["a run"], "light")["concat"]
    heights = [len(one["title"]["subtitle"]) for one in found]
    assert heights[:3] == [heights[1]] * 3
    assert heights[3] < heights[1]


def test_a_png_has_two_pixels_for_one():
    png = drawing.draw(panels("time", RECORDS), ["a run"], "png", "light")
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) > 2 * drawing.WIDTH


def test_a_png_is_whole_with_its_mark():
    png = drawing.draw(panels("time", RECORDS), ["a run"], "png", "light")
    place, kinds = 8, []
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        chunk, end = png[place + 4 : place + 8 + length], place + 12 + length
        assert zlib.crc32(chunk).to_bytes(4) == png[end - 4 : end]
        kinds.append(chunk[:4])
        place = end
    assert (kinds[:2], kinds[-1], place) == ([b"IHDR", b"tEXt"], b"IEND", len(png))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_strangers_stays_a_text(text):
    for kind in DRAWN:
        root = ElementTree.fromstring(svg(kind, list(hostile(text))))
        assert {each.tag.removeprefix(SVG) for each in root.iter()} <= TAGS
        assert not any(re.match("on|href", name) for each in root.iter() for name in each.attrib)


def test_without_the_library_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UsageError, match=r"pip install 'rnnbench\[plot\]'"):
        drawing.draw(panels("time", RECORDS), ["a run"], "svg", "light")


def luminance(colour):
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
def test_colours_stand_out_from_the_paper(colour, theme):
    low, high = sorted([luminance(colour), luminance(THEMES[theme][1])])
    assert (high + 0.05) / (low + 0.05) >= 3
