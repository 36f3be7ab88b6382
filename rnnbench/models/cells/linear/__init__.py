"""Cells that are linear in their state, so that all steps can be computed at once."""
