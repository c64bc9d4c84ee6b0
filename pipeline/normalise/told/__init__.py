"""What rows don't say and their surroundings do: titles, names of sheets and files, batches, lists, rows alike.

Does not belong here: where titles end and rows begin (`pipeline.extracts`), facts that take all rows of a source
(`pipeline.normalise.sources`).
"""
