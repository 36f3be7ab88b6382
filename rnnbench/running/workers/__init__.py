"""The workers of a run as the parent sees them: started, asked, guarded, ended."""
