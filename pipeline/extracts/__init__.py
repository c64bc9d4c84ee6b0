"""Reads files into text frames: `read` is the entry point; `arrival` says whether a snapshot's files are complete.

`files` finds and unpacks the files; `tables` splits each one into tables with the reader of its format (`text`,
`workbooks`, `parquet`, `service`, `sql_dump`), all of which return a `grids.grid.Grid`; `layouts` maps a grid to the
columns of its source. Nothing here interprets values: the meaning of a cell belongs to `pipeline.normalise`, the
meaning of a header to `schemas.extracts`.
"""
