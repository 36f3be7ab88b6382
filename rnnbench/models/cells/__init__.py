"""The cells that come with the core, one module each.

They are registered in :mod:`rnnbench.plugins.builtin`, as those of any plugin are.
"""
