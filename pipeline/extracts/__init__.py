"""Files to text frames: `read` is the entry point; `arrival` tells whether the files of a snapshot have come to rest.

Files are found and unpacked (`files`), told apart into tables (`tables`) by whatever reads their format (`text`,
`workbooks`, `parquet`, `service`, `sql_dump`, all to `grids`), and laid into the columns of their source (`layouts`).
Nothing here interprets a value: what a cell means is the business of `pipeline.normalise`, and what a header means
that of `schemas.extracts`.
"""
