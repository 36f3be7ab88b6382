"""Runs on many machines: a batch system starts their parts, and their files tell how far they are.

A thin layer: one script for all jobs and one call of ``sbatch``. There is no scheduler here, and no
process that would have to stay.
"""
