"""The promises of a task, and what they are held against."""
