"""What the row in hand learns: training, validation on its way, and its score."""
