"""Derives the facts that need all rows of a source, read part by part, and the order of its deliveries.

Does not belong here: parsing single values (`pipeline.normalise.values`).
"""
