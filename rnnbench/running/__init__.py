"""The parent process of a run: its workers, its rounds, its records."""
