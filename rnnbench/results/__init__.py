"""Results files: one record per line, appended and read.

The fields of records are declared in :mod:`rnnbench.schema.records`.
"""
