"""Candidate generation: the two registers, the blocking passes that pair rows with residents, and their cost.

Does not belong here: choosing among candidates (`pipeline.matching.judging`).
"""
