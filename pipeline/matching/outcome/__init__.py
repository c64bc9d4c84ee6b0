"""Results of matching: links with explanations, households, corrections, cleansed persons, and officers' decisions.

Does not belong here: judging pairs (`pipeline.matching.judging`).
"""
