"""From a clock to a verdict: samples, intervals, ratios.

Here are statistics of samples; what becomes of them in the table is in :mod:`rnnbench.analysis`.
"""
