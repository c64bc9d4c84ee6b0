"""What follows from who is whom: links in words, households, corrections, cleansed persons, and officers' answers.

Does not belong here: any judgement that the weights make (`pipeline.matching.judging`).
"""
