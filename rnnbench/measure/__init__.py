"""From a clock to a verdict: samples, intervals, ratios."""
