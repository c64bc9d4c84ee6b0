"""Comparison: levels of agreement per pair of records and fact, and levels of household evidence.

Does not belong here: which pairs are compared (`pipeline.matching.candidates`), what a level weighs
(`pipeline.matching.judging`).
"""
