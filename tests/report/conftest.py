import pytest
from specimens import RECORDS

from rnnbench.analysis.run_results import row_results
from rnnbench.report.run_tables import tables


@pytest.fixture
def shown():
    """The tables of the run made by hand."""
    return tables(row_results(RECORDS))
