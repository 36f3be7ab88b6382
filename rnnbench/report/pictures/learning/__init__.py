"""What was learnt: the loss over steps, the score over time and over groups of examples."""
