"""Benchmarks, run by hand with `make bench`. They print ratios of alternating runs and never assert a time."""
