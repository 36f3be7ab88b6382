import signal

import pytest

from rnnbench.system import guarding


@pytest.fixture
def ours():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background ignores it
    with guarding.process_is_ours():
        yield
    signal.signal(signal.SIGINT, before)
