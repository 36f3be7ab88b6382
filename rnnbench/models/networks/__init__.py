"""The networks that come with the core, one module each."""
