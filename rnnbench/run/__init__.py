"""The parent's side of a run: workers, rounds, supervision."""
