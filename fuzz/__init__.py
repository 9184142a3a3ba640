"""Fuzzing of what reads hostile bytes, led by coverage: `make fuzz`."""
