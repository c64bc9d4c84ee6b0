"""The marts that analysts query, one file each: the columns and, where a query can fill them, the query.

A new mart is a new file here with one `@promised` model; Dagster's asset, the Parquet files, the table in DuckDB, its
comments and the data dictionary follow by themselves. Marts that need more than a query are filled by a function of
`pipeline.realisation`, registered in `assets.marts`.
"""
