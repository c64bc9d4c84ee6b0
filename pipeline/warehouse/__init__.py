"""What leaves the pipeline: Parquet files, the DuckDB database, the SEPAKAT release, and the swap that publishes them.

Tables are kept in `store`; the release is made in `sepakat`, what goes to officers and comes back in `workbooks`;
`publication` puts all of it in its place, and `publish` makes it visible at once.

No figure is computed here beyond what a release indicator needs.
"""
