"""Plain structs of what is written to files and sent between processes."""
