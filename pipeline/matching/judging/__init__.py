"""Judging candidates: weights learned without ground truth, posteriors per row, assignment of one resident per row.

Does not belong here: levels (`pipeline.matching.levels`), results as tables (`pipeline.matching.outcome`).
"""
