"""Text to grids: the head of delimited text, its lines and what is no row of it; columns of blanks, books as text.

Does not belong here: workbooks, Parquet and JSON.
"""
