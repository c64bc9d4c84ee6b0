"""The linkage model as data: its types, its file, its calibration, and the distinct patterns of levels.

Does not belong here: how its probabilities are learned or used (`pipeline.matching.judging`).
"""
