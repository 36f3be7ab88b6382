"""Tasks of what is measured: series, images, sounds, music."""
