"""Heat maps: of gradients on their way back through time, of what a net attends to."""
