"""Names beside each other: whether and in which way two written names can be one person's.

Does not belong here: tidying and folding names (`pipeline.normalise.values.names`), what an agreement weighs
(`pipeline.matching.model.linkage`).
"""
