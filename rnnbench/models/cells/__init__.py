"""The cells that come with the core, one module each."""
