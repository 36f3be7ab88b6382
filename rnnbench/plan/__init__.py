"""From a suite and options to comparisons.

``expand`` does it: ``suites.files`` finds and reads the suite, ``rows`` and ``environments`` tell
who takes part, ``suites.grids`` selects tasks and cells, ``comparisons`` sets sizes and options of
one task with one cell, and ``description`` checks and describes it, for which ``build`` makes the
objects. ``scale`` is the same for a range of sizes; ``request`` holds what the command line asks
for.
"""
