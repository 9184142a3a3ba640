"""A small town for demo, tests and benchmarks."""
