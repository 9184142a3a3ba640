"""Is anyone listening? Evidence, findings, and who is told."""
