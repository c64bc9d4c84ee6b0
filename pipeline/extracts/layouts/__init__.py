"""Maps grids to the columns of a known layout, and finds the lines that are not rows of it.

Does not belong here: the layouts themselves (`schemas.extracts`).
"""
