"""A generated country with known truth, its raw extracts in the real layouts, and the scorer that reads the truth.

Nobody in it exists. A run never imports this package; only `padan generate`, `padan demo` and `padan evaluate` do.
"""

LEAST_KELUARGA = 100
"""Fewest families a country can have."""
DEMO_KELUARGA = 6_500
"""Families of the demo: about 23,000 residents and 11,000 DTKS rows in a dozen kabupaten."""
