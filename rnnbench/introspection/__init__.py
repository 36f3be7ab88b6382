"""What is inside a net: its parts, its gates, how gradients flow, what it attends to."""
