"""Helpers for a backend's recurrences: loops, packed gates, padding, all steps at once."""
