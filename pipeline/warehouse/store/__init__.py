"""Tables on disk: Parquet files, the DuckDB database, and whether stored results are up to date.

Does not belong here: when a table counts as published (`pipeline.warehouse.publication`).
"""
