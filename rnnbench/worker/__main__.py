"""``python -P -m rnnbench.worker FD``: a worker that serves the socket of this file descriptor."""

from rnnbench.system import denormals
from rnnbench.system.processes import bonds

# While it is suspended it could not notice. A parent that has ended before has closed the channel.
bonds.die_with_parent()
denormals.flush()  # before a library starts threads, which inherit the mode

from rnnbench.worker.server import main  # noqa: E402

main()
