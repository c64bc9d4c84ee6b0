"""Delimited text to grids: its head, its lines, and what is no row of it.

Does not belong here: workbooks, Parquet and JSON.
"""
