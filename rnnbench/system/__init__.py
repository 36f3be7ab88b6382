"""The machine: its hardware, counters, limits, signals and processes."""
