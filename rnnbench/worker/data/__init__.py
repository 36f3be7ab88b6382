"""The batches of a row, and the task that they come from."""
