"""Text to comparable values by Polars expressions: identifiers, names, dates, amounts, codes, regions.

The raw value always stays beside the clean one. Nothing here drops a row or decides on a person.
"""
