"""The marts that analysts query, one file each: the columns and, if a query can fill the mart, the query.

A new mart is a new file here with one `@promised` model; its Dagster asset, Parquet files, DuckDB table with comments
and data dictionary follow automatically. Marts that need more than a query are filled by a function of
`pipeline.realisation`, registered in `assets.marts`.
"""
