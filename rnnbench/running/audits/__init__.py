"""Audits: rounds chosen at random when they are over, held against the oracle and the other rows.

The oracle computes the whole of a round where that is affordable. What it does not reach is held
against the median of the rows, which share weights, state and batches.
"""
