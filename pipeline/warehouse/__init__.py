"""What leaves the pipeline: Parquet files, the DuckDB database, the SEPAKAT release, and the swap that publishes them.

No figure is computed here beyond what a release indicator needs.
"""
