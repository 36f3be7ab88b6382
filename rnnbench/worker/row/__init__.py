"""The row in hand: made ready, warmed up, and what it leaves behind for an audit."""
