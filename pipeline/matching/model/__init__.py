"""The linkage model as data: its types, its file, the calibration it carries, and the outcomes its figures are told of.

Does not belong here: how figures are learnt or used (`pipeline.matching.judging`).
"""
