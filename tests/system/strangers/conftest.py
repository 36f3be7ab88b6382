import signal

import pytest

from rnnbench.system import strangers


@pytest.fixture
def ours():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background ignores it
    with strangers.process_is_ours():
        yield
    signal.signal(signal.SIGINT, before)
