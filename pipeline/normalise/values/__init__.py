"""Parses single cells with Polars expressions: words, names, numbers, dates, amounts, codes.

Does not belong here: facts from a title, a file or a whole source (`pipeline.normalise.metadata`,
`pipeline.normalise.sources`).
"""
