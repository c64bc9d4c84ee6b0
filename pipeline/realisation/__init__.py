"""Payment orders and allocations: their current state, place and payee.

Roll-ups that are a single query are in `schemas.marts`, with their columns.
"""
