"""Two runs against each other, for people, scripts and pull requests.

What is compared, and what is found, is that of :mod:`rnnbench.analysis.two_runs`.
"""
