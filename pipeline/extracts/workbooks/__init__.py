"""Workbooks to grids, of Excel and OpenDocument, and the Buku Induk Penduduk that comes as one.

Does not belong here: what a sheet's columns mean (`pipeline.extracts.layouts`).
"""
