"""What is this process's alone is closed in children that it forks."""

import fcntl
import os

from rnnbench.system.processes import own_files


def in_child(act):
    """Return what an act returns in a child: 0 or 1."""
    child = os.fork()
    if not child:
        code = 2
        try:
            code = int(act())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_a_child_has_neither_our_pipes_nor_our_locks(tmp_path):
    file = os.open(tmp_path / "locked", os.O_RDWR | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_EX)
    own_files.keep(file)
    assert in_child(lambda: is_open(file)) == 0
    assert is_open(file)
    own_files.forget(file)
    assert in_child(lambda: is_open(file)) == 1
    os.close(file)
