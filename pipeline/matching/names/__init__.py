"""Comparison of names: whether and how two written names can belong to one person.

Does not belong here: tidying and folding names (`pipeline.normalise.values.names`), what an agreement weighs
(`pipeline.matching.model.linkage`).
"""
