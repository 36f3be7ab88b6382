"""The machine: its hardware, counters, files, streams, and its processes."""
