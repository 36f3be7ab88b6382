"""The promises of a backend's programs: the same function, honestly timed."""
