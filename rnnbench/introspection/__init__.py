"""What is inside a net: how gradients flow through its cell."""
