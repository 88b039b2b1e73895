"""Benchmarks: ours against the raw limit of the same machine, in one run. Not tests, and never timed as tests."""
