"""The parts that come with the core, one module each."""
