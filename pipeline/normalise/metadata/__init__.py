"""Derives facts about rows from their surroundings: titles, names of sheets and files, batches, lists.

Does not belong here: where titles end and rows begin (`pipeline.extracts`), facts that need all rows of a source
(`pipeline.normalise.sources`).
"""
