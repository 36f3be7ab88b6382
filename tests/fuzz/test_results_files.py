"""Whatever is in a results file, what reads it says what is wrong, or shows it."""

import json
import zlib
from contextlib import suppress

import msgspec
import pytest
from fuzzing import INTEGERS, VALUES, changed, places, tries, values
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rendering import drawn, exported, tables
from specimens import PLAN, RECORDS, RUN, THREE_PROCESSES

from rnnbench.analysis.growth import growths
from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.run_results import row_results
from rnnbench.analysis.two_runs.gate import KINDS
from rnnbench.analysis.two_runs.metrics import METRICS, OF_STREAMS
from rnnbench.analysis.two_runs.sides import Sides, side
from rnnbench.errors import UsageError
from rnnbench.report import run_origin
from rnnbench.report.formats import markdown
from rnnbench.report.one_run import growth
from rnnbench.report.publish import publication
from rnnbench.report.publish.facets import PIVOTS
from rnnbench.report.publish.publication import Asked
from rnnbench.report.publish.selection import METRICS as COLUMNS
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import source, told_apart
from rnnbench.report.two_runs import summary
from rnnbench.results import reader
from rnnbench.results.queries import plan_of
from rnnbench.results.runs import folders
from rnnbench.running import launch
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.records.beginning import Resumed

#: What trained rows have; streams have figures of their own.
TIMED = [metric for metric in METRICS if metric not in OF_STREAMS]
PIVOTED = [metric for metric in COLUMNS if metric not in OF_STREAMS]
#: What is published of every file: in each format of text, and each pivot.
PUBLISHED = [
    *(Asked(form) for form in ("markdown", "csv", "json")),
    Asked("latex", siunitx=True),
    *(Asked("latex", pivot, [COLUMNS[metric] for metric in PIVOTED]) for pivot in PIVOTS),
]
RESUMED = Resumed(started="2026-01-03T00:00:00+00:00", command=["rnnbench", "run"])
THREE = [
    replace(RUN, plan=replace(PLAN, processes=3, scale="hidden")),
    *[r if r != RECORDS[5] else THREE_PROCESSES for r in RECORDS[1:]],
    RESUMED,
]
#: The lines of two runs as JSON values, and where in them something can be changed.
FILES = [[msgspec.to_builtins(record) for record in records] for records in (RECORDS, THREE)]
PLACES = [[list(places(line)) for line in file] for file in FILES]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("run") / folders.FILE


def sealed(line):
    """Return a JSON value as a line with a checksum that is right."""
    body = json.dumps(line).encode()
    if not isinstance(line, dict):
        return body
    return b'%b,"crc32":"%08x"}' % (body[:-1], zlib.crc32(body))


def read(path):
    """Do with a results file whatever is done with one; return whether it could be read."""
    try:
        found = reader.load(path)
    except UsageError:
        return False
    records = found.records
    results = row_results(records)
    json.dumps(objects(results), allow_nan=False)
    heading, shown = run_origin.heading(records), tables(results)
    markdown.render(heading, shown)
    for width in (None, 80):
        drawn(heading, shown, width)
    if over := plan_of(records).scale:
        drawn(heading, growth.tables(results, over))
        found = [growth.json_object(one, over) for one in growths(results, over)]
        json.dumps(found, allow_nan=False)
    assert launch.exit_code(records) in (0, 1)
    with suppress(UsageError):
        content = exported(records).content
        json.dumps(content, allow_nan=False)
        assert not [one for one in content["benchmarks"] if None in one["stats"].values()]
    one = told_apart([source(records)])
    for asked in PUBLISHED:
        if results:
            publication.drawn(one, Selection(), asked)
    sides = Sides(*(side(each, TIMED) for each in (records, THREE)))
    found = summary.summarized(sides, TIMED, KINDS)
    summary.markdown_text(found)
    list(summary.remarks(found))
    json.dumps(summary.json_object(found), allow_nan=False)
    return True


def write(path, lines):
    path.write_bytes(b"".join(line + b"\n" for line in lines))


@pytest.mark.parametrize("file", FILES, ids=["one process", "three processes"])
def test_a_file_as_it_is_can_be_read(path, file):
    write(path, map(sealed, file))
    assert read(path)
    assert reader.load(path).faults == []


@tries(300)
@given(data=st.binary(max_size=200))
def test_any_bytes(path, data):
    path.write_bytes(data)
    assert not read(path)


@tries(30)
@given(data=st.binary(max_size=200), file=st.sampled_from(FILES))
def test_any_bytes_after_the_first_line(path, data, file):
    path.write_bytes(sealed(file[0]) + b"\n" + data)
    assert read(path)


@tries(30)
@given(
    file=st.sampled_from(FILES),
    order=st.lists(st.integers(0, 12), max_size=20),
)
def test_lines_that_are_dropped_doubled_and_swapped(path, file, order):
    lines = list(map(sealed, file))
    write(path, [lines[0], *(lines[number % len(lines)] for number in order)])
    assert read(path)


@tries(30)
@given(
    file=st.sampled_from(FILES),
    damages=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3))),
)
def test_damaged_bytes(path, file, damages):
    data = bytearray(b"".join(sealed(line) + b"\n" for line in file))
    for place, new in damages:
        start = int(place * len(data))
        data[start : start + len(new)] = new
    path.write_bytes(data)
    read(path)


@st.composite
def mutated(draw, new):
    """A file in which a value or some are others, the checksums being right."""
    which = draw(st.sampled_from(range(len(FILES))))
    file = list(FILES[which])
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(file) - 1))
        place = draw(st.sampled_from(PLACES[which][number]))
        with suppress(LookupError, AttributeError, TypeError):  # an earlier change has taken it
            file[number] = changed(file[number], place, draw(new))
    return file


@tries(90)
@given(file=mutated(VALUES | st.just(...)))
def test_values_that_are_others(path, file):
    write(path, map(sealed, file))
    read(path)


#: Numbers that many a schema allows, some of them at its end.
NUMBERS = st.sampled_from([0, 1, 2, 3, 0.0, 5e-324, 1e-300, 1e9, 1.7e308, -1.7e308, -1, 2**62])
NUMERIC = [
    [
        [
            place
            for place, value in zip(own, values(line), strict=True)
            if type(value) in (int, float)
        ]
        for line, own in zip(file, inner, strict=True)
    ]
    for file, inner in zip(FILES, PLACES, strict=True)
]


def consistent(file):
    """Return a file whose plan has changed, its comparison and key put right everywhere."""
    comparison = file[0]["plan"]["comparisons"][0]["comparison"]
    key = msgspec.convert(comparison, Comparison).key
    return [
        line
        | ({"key": key} if "key" in line else {})
        | ({"comparison": comparison} if "comparison" in line else {})
        for line in file
    ]


@tries(90)
@given(
    which=st.sampled_from(range(len(FILES))),
    changes=st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 10**6), NUMBERS | INTEGERS),
        min_size=1,
        max_size=6,
    ),
)
def test_numbers_that_are_others(path, which, changes):
    file = list(FILES[which])
    for number, place, new in changes:
        own = NUMERIC[which][number := number % len(file)]
        if own:
            file[number] = changed(file[number], own[place % len(own)], new)
    with suppress(msgspec.ValidationError, OverflowError):
        file = consistent(file)
    write(path, map(sealed, file))
    read(path)


@pytest.mark.parametrize("inside", [b"[", b'{"a":'])
def test_nesting_without_end(path, inside):
    for file in FILES:
        deep = sealed(file[0])[:-1] + b',"deep":' + inside * 100_000
        path.write_bytes(deep)
        assert not read(path)
        path.write_bytes(sealed(file[0]) + b"\n" + deep)
        assert read(path)
