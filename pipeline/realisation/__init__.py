"""Payment orders and allocations: their current state, place and payee.

Roll-ups that a query can say live beside their columns in `schemas.marts`.
"""
