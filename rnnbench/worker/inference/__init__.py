"""What a worker does with a trained net: it saves weights, writes text, streams."""
