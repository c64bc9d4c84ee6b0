"""Grids to rows in the columns of a known layout, and the lines that are no rows of it.

Does not belong here: the layouts themselves (`schemas.extracts`).
"""
