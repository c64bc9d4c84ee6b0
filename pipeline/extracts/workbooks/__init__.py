"""Reads workbooks of Excel and OpenDocument into grids, also the Buku Induk Penduduk (family book).

Does not belong here: what a sheet's columns mean (`pipeline.extracts.layouts`).
"""
