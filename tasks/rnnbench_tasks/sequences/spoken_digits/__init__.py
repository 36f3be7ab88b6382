"""Spoken digits: which word a recording is."""
