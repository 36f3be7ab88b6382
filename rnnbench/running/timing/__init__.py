"""Rows timed side by side: in rounds, watched, and held against the parent's clock."""
