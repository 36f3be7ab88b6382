"""Using a trained net: texts from it, and one step at a time with the state carried."""
