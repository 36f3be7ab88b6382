"""What arguments name: runs, trained nets, the two sides of a comparison."""
