"""``python -P -m rnnbench.worker FD``: a worker that serves the socket of this file descriptor."""

from rnnbench.system import denormals

denormals.flush()  # before a library starts threads, which inherit the mode

from rnnbench.worker.server import main  # noqa: E402

main()
