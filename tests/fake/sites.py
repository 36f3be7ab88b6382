"""Sites of runs made by hand."""

import pytest
from msgspec.structs import replace
from specimens import RECORDS

from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import source, told_apart
from rnnbench.results import codec


def write(path, runs):
    """Write the site of some runs, each a list of records, into a folder; return it."""
    pytest.importorskip("jinja2")
    from rnnbench.site.pages import write_site

    files = []
    for number, records in enumerate(runs):
        file = path.with_name(f"{path.name}-{number}.jsonl")
        file.write_bytes(b"".join(map(codec.encode, records)))
        files.append(file)
    read = [source(records) for records in runs]
    pairs = list(zip(read, files, strict=True))
    write_site(path, told_apart(read), pairs, Selection(), None)
    return path


def again(name, started, git):
    """Return the same run at another time, of another revision."""
    run, *others = (replace(one, run=name) for one in RECORDS)
    return [replace(run, name=name, started=started, git=git), *others]
