"""What commands print and write, and where."""
