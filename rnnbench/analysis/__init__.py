"""Figures from the records of runs.

``row_result`` declares what is known of a row, a field for each column of ``--json``, and
``run_results`` fills it in; the statistics are those of :mod:`rnnbench.measure`.
"""
