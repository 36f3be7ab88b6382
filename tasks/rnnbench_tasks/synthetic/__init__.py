"""Tasks whose examples are drawn by a rule, as many as are wanted."""
