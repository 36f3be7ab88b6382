import signal

import pytest

from rnnbench.system import third_party


@pytest.fixture
def ours():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background ignores it
    with third_party.process_is_ours():
        yield
    signal.signal(signal.SIGINT, before)
