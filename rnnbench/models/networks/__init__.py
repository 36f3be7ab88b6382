"""The networks that come with the core, one module each.

Which of them a comparison has is decided in :mod:`rnnbench.plan.comparisons.networks`.
"""
