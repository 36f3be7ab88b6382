"""Suites: found, read, and their faults told with file and line."""
