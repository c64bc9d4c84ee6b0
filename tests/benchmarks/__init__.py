"""Measurements, run by hand with `make bench`. They print ratios taken side by side and never assert a time."""
