"""The arrays that equations are written over: their functions, trees, and shapes alone."""
