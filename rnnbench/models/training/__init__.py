"""What training adds to a model: losses, update rules, and what a decoder is shown."""
