"""Normalises text to typed, comparable values with Polars expressions; `staging` turns a source's rows into its frame.

`values` and `regions` parse single cells; `metadata` parses titles and names of sheets and files; `sources` derives
facts that need all rows of a source.

The raw value always stays beside the clean one. Nothing here drops a row or decides on a person.
"""
