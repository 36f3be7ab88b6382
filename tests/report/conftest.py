import pytest
from rendering import tables
from specimens import RECORDS

from rnnbench.analysis.run_results import row_results


@pytest.fixture
def shown():
    """The tables of the run made by hand."""
    return tables(row_results(RECORDS))
