"""Cells of one layer of units, without gates."""
