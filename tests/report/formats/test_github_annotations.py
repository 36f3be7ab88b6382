"""Annotations of a hosted CI."""

from rnnbench.report.formats.github_annotations import annotation


def test_an_annotation_is_one_line():
    assert annotation("error", "a title", "a message") == "::error title=a title::a message"


def test_nothing_of_a_stranger_can_end_it_or_begin_another():
    line = annotation("warning", "a:b,c::error::", "50 %\n::error::x\r%0A\x1b[2J")
    assert line == (r"::warning title=a%3Ab%2Cc%3A%3Aerror%3A%3A::50 %25\n::error::x\r%250A\x1b[2J")
    assert line.count("\n") == 0
