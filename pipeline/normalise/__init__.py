"""Text to comparable values by Polars expressions: `staging` takes the rows of a source and gives its staged frame.

Cells by themselves are read in `values` and `regions`; what titles, sheets and files add in `told`; what only all rows
of a source tell in `sources`.

The raw value always stays beside the clean one. Nothing here drops a row or decides on a person.
"""
