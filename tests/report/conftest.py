import pytest
from specimens import RECORDS

from rnnbench.frame import frame
from rnnbench.report.blocks import blocks


@pytest.fixture
def table():
    """The blocks of the run made by hand."""
    return blocks(frame(RECORDS))
