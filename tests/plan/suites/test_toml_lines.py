import tomllib

import pytest
from fuzzing import places

from rnnbench.plan.suites.toml_lines import lines_of

TEXT = """# seeds = 1
"s\\u0065eds" = 3 # [[block]]
description = '''
[[block]]
hidden = 3 ''
'''
note = \"\"\"
[x] \\\"
\"\"\"
weight = 3.14
day = 1979-05-27 07:32:00
python = {a = "x", "b.c" = 'y # z', d.e = [1]}

[[block]]
tasks = [ "echo", # one
  "lstm", [1, [2,
3]]
]
[block.options.lstm]
a . "b" = 3
[[ "block" ]]
tasks=["a"]
["bl\\u006fck".options]
[[block.more]]
a = 1
[[block.more]]
a = 2
"""


@pytest.fixture(scope="module")
def lines():
    return lines_of(TEXT)


def test_everything_has_a_line(lines):
    assert {(), *lines} == set(places(tomllib.loads(TEXT)))


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("seeds",), 2),
        (("description",), 3),
        (("note",), 7),
        (("weight",), 10),
        (("python", "b.c"), 12),
        (("python", "d", "e", 0), 12),
        (("block",), 14),
        (("block", 0, "tasks", 0), 15),
        (("block", 0, "tasks", 1), 16),
        (("block", 0, "tasks", 2, 1, 1), 17),
        (("block", 0, "options", "lstm", "a", "b"), 20),
        (("block", 1, "tasks"), 22),
        (("block", 1, "options"), 23),
        (("block", 1, "more", 1, "a"), 27),
    ],
    ids=str,
)
def test_the_line_is_where_it_is_written(lines, keys, line):
    assert lines[keys] == line
