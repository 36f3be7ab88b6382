"""The cells that come with the core, one module each: without gates, with gates, and linear.

They are registered in :mod:`rnnbench.plugins.builtin`, as those of any plugin are.
"""
