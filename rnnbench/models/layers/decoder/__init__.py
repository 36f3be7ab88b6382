"""What a decoder needs beside its recurrent layers: attention to a memory, and its own words."""
