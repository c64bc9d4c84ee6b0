"""Pairs of records to levels of agreement, fact by fact, and what their households add to it.

Does not belong here: which pairs are compared (`pipeline.matching.candidates`), what a level weighs
(`pipeline.matching.judging`).
"""
