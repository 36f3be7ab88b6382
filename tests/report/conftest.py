import pytest
from specimens import RECORDS

from rnnbench.analysis.table import frame
from rnnbench.report.run_tables import blocks


@pytest.fixture
def table():
    """The blocks of the run made by hand."""
    return blocks(frame(RECORDS))
