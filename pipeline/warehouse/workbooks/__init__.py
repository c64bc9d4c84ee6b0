"""What goes to officers as workbooks and comes back: lists and forms to correct, pairs to decide, answers kept.

Does not belong here: rules and their sentences (`schemas.rules`), what answers mean to a run
(`pipeline.matching.outcome.review`).
"""
