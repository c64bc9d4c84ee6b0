"""Deduplication of DTKS: rows that record one person, which row survives and with which fields, and the person's ID.

Does not belong here: rows beside residents (`pipeline.matching.candidates` and what follows).
"""
