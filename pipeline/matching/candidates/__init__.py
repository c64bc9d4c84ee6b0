"""Whom each row may be: the two registers, the passes that bring rows and residents together, and their cost.

Does not belong here: who it is (`pipeline.matching.judging`).
"""
