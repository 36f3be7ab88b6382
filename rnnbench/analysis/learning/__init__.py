"""What rows have learnt: curves, scores, and whether it is anything at all."""
