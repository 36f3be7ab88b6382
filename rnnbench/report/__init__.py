"""Tables: one model of what is shown, and one module per format."""
