"""Reads text files into grids: delimited text, fixed-width columns, and family books saved or printed as text.

Does not belong here: workbooks, Parquet and JSON.
"""
