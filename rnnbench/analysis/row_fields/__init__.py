"""The fields of a row of the table, from what was recorded of it, by what they tell of.

Each function returns some fields of :class:`rnnbench.analysis.row_result.RowResult` by their names.
"""
