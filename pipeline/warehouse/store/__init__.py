"""Tables on disk: Parquet files, the DuckDB database, and whether what lies there is still what would be made.

Does not belong here: when a table counts as published (`pipeline.warehouse.publication`).
"""
