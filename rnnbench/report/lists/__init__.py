"""What the commands print that show no run: lists of plugins, files and findings."""
