"""What people see while a run goes on: its progress, what it has found, the time that is left."""
