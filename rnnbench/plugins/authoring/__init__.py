"""What a plugin author runs: a new project, and the test kit."""
