"""Who it is: figures learnt without truth, probabilities over candidates and nobody, one resident to one row.

Does not belong here: levels (`pipeline.matching.levels`), results as tables (`pipeline.matching.outcome`).
"""
