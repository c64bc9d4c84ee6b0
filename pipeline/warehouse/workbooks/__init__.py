"""Workbooks for officers: correction lists and forms, review workbooks, and the storage of their answers.

Does not belong here: rules and their sentences (`schemas.rules`), the effect of answers on a run
(`pipeline.matching.outcome.review`).
"""
