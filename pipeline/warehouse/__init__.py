"""What leaves the pipeline: Parquet files, the DuckDB database, the SEPAKAT release, and the swap that publishes them.

`store` keeps tables; `sepakat` makes the release, `workbooks` the officers' workbooks; `publication` assembles all of
it, and `tree_swap` makes it visible at once. No figure is computed here except indicators of the release.
"""
